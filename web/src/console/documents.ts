// The console's GraphQL documents.
import { document } from "../graphql/document";

export type Role = "OWNER" | "ADMIN" | "VIEWER";

export interface Membership {
  role: Role;
  tenant: { id: string; name: string; suspended: boolean };
}

export interface Viewer {
  id: string;
  displayName: string;
  tenants: Membership[];
}

export const VIEWER = document<{ viewer: Viewer }>(`query Console { viewer { id displayName tenants { role tenant { id name suspended } } } }`);

export const CREATE_TENANT = document<{ createTenant: { id: string } }, { name: string }>(
  `mutation CreateTenant($name: String!) { createTenant(name: $name) { id } }`,
);

export const INVITATION = document<{ invitation: { tenantName: string; role: Role; expiresAt: string } | null }, { token: string }>(
  `query Invitation($token: String!) { invitation(token: $token) { tenantName role expiresAt } }`,
);

export const ACCEPT_INVITATION = document<{ acceptInvitation: { id: string; name: string } }, { token: string }>(
  `mutation AcceptInvitation($token: String!) { acceptInvitation(token: $token) { id name } }`,
);

interface At {
  tenant: string;
}

export const INSTALLATION = document<
  { tenant: { suspended: boolean; embedOrigins: string[]; policy: { assertion: AssertionPolicy }; assertionKeys: { revokedAt: string | null }[] } },
  At
>(`query Installation($tenant: ID!) { tenant(id: $tenant) { suspended embedOrigins policy { assertion } assertionKeys { revokedAt } } }`);

export const ORIGINS = document<{ tenant: { embedOrigins: string[] } }, At>(`query Origins($tenant: ID!) { tenant(id: $tenant) { embedOrigins } }`);

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
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

export const ASSERTION_KEYS = document<{ tenant: { assertionKeys: AssertionKey[] } }, At>(
  `query AssertionKeys($tenant: ID!) { tenant(id: $tenant) { assertionKeys { id kid algorithm kind createdAt lastUsedAt revokedAt } } }`,
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

export type AssertionPolicy = "NONE" | "OPTIONAL" | "REQUIRED";

export interface Policy {
  assertion: AssertionPolicy;
  requireNonce: boolean;
  vouchedAccounts: boolean;
}

export const POLICY = document<{ tenant: { policy: Policy } }, At>(
  `query Policy($tenant: ID!) { tenant(id: $tenant) { policy { assertion requireNonce vouchedAccounts } } }`,
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

export const MEMBERS = document<{ tenant: { members: Member[] } }, At>(
  `query Members($tenant: ID!) { tenant(id: $tenant) { members { id displayName role } } }`,
);

export const INVITE_MEMBER = document<{ inviteMember: { url: string; expiresAt: string } }, At & { role: Role }>(
  `mutation InviteMember($tenant: ID!, $role: Role!) { inviteMember(tenant: $tenant, role: $role) { url expiresAt } }`,
);

export const REMOVE_MEMBER = document<{ removeMember: { id: string } }, At & { id: string }>(
  `mutation RemoveMember($tenant: ID!, $id: ID!) { removeMember(tenant: $tenant, id: $id) { id } }`,
);
