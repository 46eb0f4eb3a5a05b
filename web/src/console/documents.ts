// The console's GraphQL documents.
import { document } from "../graphql/document";

export type Role = "OWNER" | "ADMIN" | "VIEWER";

export interface Membership {
  role: Role;
  memberId: string;
  onlyOwner: boolean;
  tenant: { id: string; name: string; suspended: boolean };
}

export interface Viewer {
  id: string;
  displayName: string;
  tenants: Membership[];
}

export const VIEWER = document<{ viewer: Viewer }>(`query Console { viewer { id displayName tenants { role memberId onlyOwner tenant { id name suspended } } } }`);

export const CREATE_TENANT = document<{ createTenant: { id: string } }, { name: string }>(
  `mutation CreateTenant($name: String!) { createTenant(name: $name) { id } }`,
);

export const INVITATION = document<{ invitation: { tenantName: string; role: Role; invitedBy: string; expiresAt: string } | null }, { token: string }>(
  `query Invitation($token: String!) { invitation(token: $token) { tenantName role invitedBy expiresAt } }`,
);

export const ACCEPT_INVITATION = document<{ acceptInvitation: { id: string; name: string } }, { token: string }>(
  `mutation AcceptInvitation($token: String!) { acceptInvitation(token: $token) { id name } }`,
);

interface At {
  tenant: string;
}

export interface LastSeen {
  embedOrigin: string;
  shownAt: string | null;
  signedInAt: string | null;
  refusedAt: string | null;
  refusal: string | null;
}

export const INSTALLATION = document<
  { tenant: { suspended: boolean; embedOrigins: string[]; policy: { assertion: AssertionPolicy; wildcardOrigins: boolean }; assertionKeys: { revokedAt: string | null }[]; lastSeen: LastSeen[] } },
  At
>(`query Installation($tenant: ID!) { tenant(id: $tenant) { suspended embedOrigins policy { assertion wildcardOrigins } assertionKeys { revokedAt } lastSeen { embedOrigin shownAt signedInAt refusedAt refusal } } }`);

export const CHECK_INSTALLATION = document<{ checkInstallation: { checks: { name: string; ok: boolean; detail: string }[] } }, At & { url: string }>(
  `mutation CheckInstallation($tenant: ID!, $url: String!) { checkInstallation(tenant: $tenant, url: $url) { checks { name ok detail } } }`,
);

export const ORIGINS = document<{ tenant: { embedOrigins: string[]; policy: { wildcardOrigins: boolean } } }, At>(
  `query Origins($tenant: ID!) { tenant(id: $tenant) { embedOrigins policy { wildcardOrigins } } }`,
);

export const ADD_ORIGIN = document<{ addEmbedOrigin: { id: string } }, At & { origin: string }>(
  `mutation AddOrigin($tenant: ID!, $origin: String!) { addEmbedOrigin(tenant: $tenant, origin: $origin) { id } }`,
);

export const REMOVE_ORIGIN = document<{ removeEmbedOrigin: { id: string } }, At & { origin: string }>(
  `mutation RemoveOrigin($tenant: ID!, $origin: String!) { removeEmbedOrigin(tenant: $tenant, origin: $origin) { id } }`,
);

export type KeyKind = "SHARED_SECRET" | "PUBLIC_JWK" | "JWKS_URL";

export interface AssertionKey {
  id: string;
  kid: string | null;
  algorithm: string | null;
  kind: KeyKind;
  thumbprint: string | null;
  jwksUrl: string | null;
  fetchedAt: string | null;
  fetchError: string | null;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

export const ASSERTION_KEYS = document<{ tenant: { assertionKeys: AssertionKey[] } }, At>(
  `query AssertionKeys($tenant: ID!) { tenant(id: $tenant) { assertionKeys { id kid algorithm kind thumbprint jwksUrl fetchedAt fetchError createdAt lastUsedAt revokedAt } } }`,
);

export const ADD_ASSERTION_KEY = document<
  { addAssertionKey: { secret: string | null } },
  { input: { tenant: string; kind: KeyKind; sharedSecret?: string; publicJwk?: string; jwksUrl?: string } }
>(`mutation AddAssertionKey($input: AddAssertionKeyInput!) { addAssertionKey(input: $input) { secret } }`);

export const REVOKE_ASSERTION_KEY = document<{ revokeAssertionKey: { id: string } }, At & { id: string }>(
  `mutation RevokeAssertionKey($tenant: ID!, $id: ID!) { revokeAssertionKey(tenant: $tenant, id: $id) { id } }`,
);

export interface Report {
  ok: boolean;
  checks: { name: string; ok: boolean; detail: string }[];
}

export const TEST_ASSERTION = document<{ testAssertion: Report }, At & { assertion: string }>(
  `mutation TestAssertion($tenant: ID!, $assertion: String!) { testAssertion(tenant: $tenant, assertion: $assertion) { ok checks { name ok detail } } }`,
);

export interface ServerKey {
  id: string;
  name: string;
  prefix: string;
  createdAt: string;
  lastUsedAt: string | null;
}

export const SERVER_KEYS = document<{ tenant: { serverKeys: ServerKey[] } }, At>(
  `query ServerKeys($tenant: ID!) { tenant(id: $tenant) { serverKeys { id name prefix createdAt lastUsedAt } } }`,
);

export const CREATE_SERVER_KEY = document<{ createServerKey: { secret: string } }, At & { name: string }>(
  `mutation CreateServerKey($tenant: ID!, $name: String!) { createServerKey(tenant: $tenant, name: $name) { secret } }`,
);

export const REVOKE_SERVER_KEY = document<{ revokeServerKey: { id: string } }, At & { id: string }>(
  `mutation RevokeServerKey($tenant: ID!, $id: ID!) { revokeServerKey(tenant: $tenant, id: $id) { id } }`,
);

export interface Webhook {
  id: string;
  url: string;
  events: string[];
  createdAt: string;
  lastDeliveredAt: string | null;
  failingSince: string | null;
}

export const WEBHOOKS = document<{ tenant: { webhooks: Webhook[] } }, At>(
  `query Webhooks($tenant: ID!) { tenant(id: $tenant) { webhooks { id url events createdAt lastDeliveredAt failingSince } } }`,
);

export const ADD_WEBHOOK = document<{ addWebhook: { secret: string } }, { input: At & { url: string; events: string[] } }>(
  `mutation AddWebhook($input: AddWebhookInput!) { addWebhook(input: $input) { secret } }`,
);

export const ROTATE_WEBHOOK_SECRET = document<{ rotateWebhookSecret: { secret: string } }, At & { id: string }>(
  `mutation RotateWebhookSecret($tenant: ID!, $id: ID!) { rotateWebhookSecret(tenant: $tenant, id: $id) { secret } }`,
);

export const REMOVE_WEBHOOK = document<{ removeWebhook: { id: string } }, At & { id: string }>(
  `mutation RemoveWebhook($tenant: ID!, $id: ID!) { removeWebhook(tenant: $tenant, id: $id) { id } }`,
);

export interface Delivery {
  id: string;
  event: string;
  at: string;
  status: number | null;
  attempts: number;
  nextAt: string | null;
}

export const DELIVERIES = document<{ tenant: { deliveries: Delivery[] } }, At & { webhook: string }>(
  `query Deliveries($tenant: ID!, $webhook: ID!) { tenant(id: $tenant) { deliveries(webhook: $webhook) { id event at status attempts nextAt } } }`,
);

export const REDELIVER = document<{ redeliver: { id: string } }, At & { delivery: string }>(
  `mutation Redeliver($tenant: ID!, $delivery: ID!) { redeliver(tenant: $tenant, delivery: $delivery) { id } }`,
);

export type AssertionPolicy = "NONE" | "OPTIONAL" | "REQUIRED";

export interface Policy {
  assertion: AssertionPolicy;
  requireNonce: boolean;
  vouchedAccounts: boolean;
  wildcardOrigins: boolean;
}

export const POLICY = document<{ tenant: { policy: Policy } }, At>(
  `query Policy($tenant: ID!) { tenant(id: $tenant) { policy { assertion requireNonce vouchedAccounts wildcardOrigins } } }`,
);

export interface Branding {
  name: string | null;
  accent: string | null;
}

export const BRANDING = document<{ tenant: { name: string; branding: Branding } }, At>(
  `query Branding($tenant: ID!) { tenant(id: $tenant) { name branding { name accent } } }`,
);

export const UPDATE_TENANT = document<
  { updateTenant: { id: string } },
  { input: { tenant: string; name?: string; brandName?: string; accent?: string } & Partial<Policy> }
>(`mutation UpdateTenant($input: UpdateTenantInput!) { updateTenant(input: $input) { id } }`);

export interface Usage {
  period: string;
  activeUsers: number;
  notes: number;
  operations: number;
}

interface Span {
  from: string;
  to: string;
}

export const USAGE_BY_DAY = document<{ tenant: { usage: Usage[] } }, At & Span>(
  `query UsageByDay($tenant: ID!, $from: Time!, $to: Time!) { tenant(id: $tenant) { usage(from: $from, to: $to) { period: day activeUsers notes operations } } }`,
);

export const USAGE_BY_MONTH = document<{ tenant: { usage: Usage[] } }, At & Span>(
  `query UsageByMonth($tenant: ID!, $from: Time!, $to: Time!) { tenant(id: $tenant) { usage: usageByMonth(from: $from, to: $to) { period: month activeUsers notes operations } } }`,
);

export interface Event {
  at: string;
  actor: string;
  action: string;
  target: string | null;
  ip: string | null;
  detail: string | null;
}

export const AUDIT_EVENT = document<{ tenant: { auditEvent: Event | null } }, At & { reference: string }>(
  `query AuditEvent($tenant: ID!, $reference: ID!) { tenant(id: $tenant) { auditEvent(reference: $reference) { at actor action target ip detail } } }`,
);

export const AUDIT_LOG = document<
  { tenant: { auditLog: { edges: { cursor: string; node: Event }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } } },
  At & { first: number; after: string | null }
>(
  `query AuditLog($tenant: ID!, $first: Int!, $after: String) { tenant(id: $tenant) { auditLog(first: $first, after: $after) { edges { cursor node { at actor action target ip detail } } pageInfo { hasNextPage endCursor } } } }`,
);

export interface Member {
  id: string;
  displayName: string;
  role: Role;
}

export interface PendingInvitation {
  id: string;
  role: Role;
  invitedBy: string;
  expiresAt: string;
}

export const MEMBERS = document<{ tenant: { name: string; members: Member[]; invitations: PendingInvitation[] } }, At>(
  `query Members($tenant: ID!) { tenant(id: $tenant) { name members { id displayName role } invitations { id role invitedBy expiresAt } } }`,
);

export const INVITE_MEMBER = document<{ inviteMember: { url: string; expiresAt: string } }, At & { role: Role }>(
  `mutation InviteMember($tenant: ID!, $role: Role!) { inviteMember(tenant: $tenant, role: $role) { url expiresAt } }`,
);

export const WITHDRAW_INVITATION = document<{ withdrawInvitation: { id: string } }, At & { id: string }>(
  `mutation WithdrawInvitation($tenant: ID!, $id: ID!) { withdrawInvitation(tenant: $tenant, id: $id) { id } }`,
);

export const CHANGE_ROLE = document<{ changeRole: { id: string } }, At & { id: string; role: Role }>(
  `mutation ChangeRole($tenant: ID!, $id: ID!, $role: Role!) { changeRole(tenant: $tenant, id: $id, role: $role) { id } }`,
);

/** Makes another member an owner and then the viewer an admin. If the second change is refused, there are two owners. */
export const TRANSFER_TENANT = document<{ changeRole: { id: string } }, At & { to: string; from: string }>(
  `mutation TransferTenant($tenant: ID!, $to: ID!, $from: ID!) { changeRole(tenant: $tenant, id: $to, role: OWNER) { id } from: changeRole(tenant: $tenant, id: $from, role: ADMIN) { id } }`,
);

export const DELETE_TENANT = document<{ deleteTenant: { id: string } }, At & { name: string }>(
  `mutation DeleteTenant($tenant: ID!, $name: String!) { deleteTenant(tenant: $tenant, name: $name) { id } }`,
);

export const REMOVE_MEMBER = document<{ removeMember: { id: string } }, At & { id: string }>(
  `mutation RemoveMember($tenant: ID!, $id: ID!) { removeMember(tenant: $tenant, id: $id) { id } }`,
);
