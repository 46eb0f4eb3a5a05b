// The GraphQL documents of the account page.
import type { NoteText } from "../../../widget/src/encryption/sealed_note";
import { document } from "../graphql/document";
import type { Version } from "../../../widget/src/core/note";
import type { NotePage, SiteNote, Site } from "./note";

/** Viewer is the signed-in person. */
export interface Viewer {
  id: string;
  displayName: string;
  /** Who can read the notes: the server, too, or while that changes, or only the person. */
  sealing: "SERVER" | "CONVERTING" | "END_TO_END";
}

export const VIEWER = document<{ viewer: Viewer }>(`query Viewer { viewer { id displayName sealing } }`);

export const OVERVIEW = document<{
  viewer: { passkeys: { id: string }[]; sessions: { id: string }[]; consents: { since: string }[]; recoveryCodesLeft: number };
}>(`query Overview { viewer { passkeys { id } sessions { id } consents { since } recoveryCodesLeft } }`);

export const RENAME = document<{ renameViewer: { displayName: string } }, { name: string }>(
  `mutation Rename($name: String!) { renameViewer(displayName: $name) { displayName } }`,
);

// Notes

const note = `fragment N on Note { id title body tags pinned version updatedAt trashedAt tenant { id name } sealing sealed context { id title url } }`;

export interface NoteFilter {
  search?: string;
  tag?: string;
  trashed?: boolean;
  tenant?: string;
}

export const NOTES = document<{ notes: NotePage }, { after: string | null; filter: NoteFilter }>(
  `query Notes($after: String, $filter: NoteFilter) {
    notes(first: 20, after: $after, filter: $filter, orderBy: PINNED_FIRST) { edges { node { ...N } } pageInfo { hasNextPage endCursor } }
  } ${note}`,
);

export const SITES_OF_NOTES = document<
  { notes: { edges: { node: { tenant: Site } }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } },
  { after: string | null }
>(
  `query SitesOfNotes($after: String) {
    notes(first: 100, after: $after, orderBy: CREATED_DESC) { edges { node { tenant { id name } } } pageInfo { hasNextPage endCursor } }
  }`,
);

export const NOTE = document<{ note: SiteNote | null }, { id: string }>(`query Note($id: ID!) { note(id: $id) { ...N } } ${note}`);

export const CHANGED = document<{ noteChanged: { id: string; note: SiteNote | null } }>(
  `subscription Changed { noteChanged { id note { ...N } } } ${note}`,
);

export const UPDATE = document<
  { updateNote: { note: SiteNote } },
  { input: { id: string; version: number; pinned: boolean } & ({ title: string; body: string; tags: string[] } | { sealed: string }) }
>(`mutation Update($input: UpdateNoteInput!) { updateNote(input: $input) { note { ...N } } } ${note}`);

/** A note to import, before it is sealed if the account is end-to-end encrypted. */
export type ImportInput = { id: string; pinned: boolean } & (NoteText | { sealed: string });

export const IMPORT = document<{ importNotes: { note: { id: string } }[] }, { tenant: string; notes: ImportInput[] }>(
  `mutation Import($tenant: ID!, $notes: [CreateNoteInput!]!) { importNotes(tenant: $tenant, notes: $notes) { note { id } } }`,
);

export const NOTE_VERSION = document<{ note: { version: number } | null }, { id: string }>(
  `query NoteVersion($id: ID!) { note(id: $id) { version } }`,
);

export const VERSIONS = document<{ note: { history: Version[] } | null }, { id: string }>(
  `query Versions($id: ID!) { note(id: $id) { history { version title body tags sealed writtenAt } } }`,
);

export const RESTORE_VERSION = document<{ restoreVersion: { note: SiteNote } }, { id: string; version: number }>(
  `mutation RestoreVersion($id: ID!, $version: Int!) { restoreVersion(id: $id, version: $version) { note { ...N } } } ${note}`,
);

export const TRASH = document<{ trashNote: { note: SiteNote } }, { id: string }>(
  `mutation Trash($id: ID!) { trashNote(id: $id) { note { ...N } } } ${note}`,
);

export const RESTORE = document<{ restoreNote: { note: SiteNote } }, { id: string }>(
  `mutation Restore($id: ID!) { restoreNote(id: $id) { note { ...N } } } ${note}`,
);

export const DELETE = document<{ deleteNote: { id: string } }, { id: string }>(`mutation Delete($id: ID!) { deleteNote(id: $id) { id } }`);

// Passkeys and recovery codes

export interface Passkey {
  id: string;
  name: string;
  provider: string | null;
  device: string | null;
  backedUp: boolean;
  createdAt: string;
  lastUsedAt: string | null;
}

export const PASSKEYS = document<{ viewer: { passkeys: Passkey[]; recoveryCodesLeft: number } }>(
  `query Passkeys { viewer { passkeys { id name provider device backedUp createdAt lastUsedAt } recoveryCodesLeft } }`,
);

export const RENAME_PASSKEY = document<{ renamePasskey: { id: string } }, { id: string; name: string }>(
  `mutation RenamePasskey($id: ID!, $name: String!) { renamePasskey(id: $id, name: $name) { id } }`,
);

export const DELETE_PASSKEY = document<{ deletePasskey: { id: string } }, { id: string }>(
  `mutation DeletePasskey($id: ID!) { deletePasskey(id: $id) { id } }`,
);

export const RECOVERY = document<{ viewer: { recoveryCodesLeft: number } }>(`query Recovery { viewer { recoveryCodesLeft } }`);

// Sessions and sites

export interface Session {
  id: string;
  kind: "ACCOUNT" | "WIDGET";
  tenant: Site | null;
  embedOrigin: string | null;
  device: string | null;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  current: boolean;
}

export const SESSIONS = document<{ viewer: { sessions: Session[] } }>(
  `query Sessions { viewer { sessions { id kind tenant { id name } embedOrigin device createdAt lastUsedAt expiresAt current } } }`,
);

export const REVOKE_OTHERS = document<{ revokeOtherSessions: number }>(`mutation RevokeOthers { revokeOtherSessions }`);

export interface Identity {
  id: string;
  tenant: Site;
  subject: string;
  email: string | null;
  name: string | null;
  linkedAt: string;
}

export const UNLINK = document<{ unlinkIdentity: { id: string } }, { id: string }>(
  `mutation Unlink($id: ID!) { unlinkIdentity(id: $id) { id } }`,
);

export interface Consent {
  tenant: Site;
  since: string;
  embedOrigin: string | null;
}

export const SITES = document<{
  viewer: { consents: Consent[]; identities: Identity[] };
}>(
  `query Sites {
    viewer {
      consents { tenant { id name } since embedOrigin }
      identities { id tenant { id name } subject email name linkedAt }
    }
  }`,
);

export const WITHDRAW = document<{ withdrawConsent: { id: string } }, { tenant: string }>(
  `mutation Withdraw($tenant: ID!) { withdrawConsent(tenant: $tenant) { id } }`,
);

// Activity

export interface SecurityEvent {
  at: string;
  actor: string;
  action: string;
  detail: string | null;
  ip: string | null;
}

export const EVENTS = document<
  {
    viewer: {
      securityEvents: { edges: { node: SecurityEvent }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    };
  },
  { after: string | null }
>(
  `query Events($after: String) {
    viewer { securityEvents(first: 30, after: $after) { edges { node { at actor action detail ip } } pageInfo { hasNextPage endCursor } } }
  }`,
);

export const OWNED = document<{ viewer: { tenants: { onlyOwner: boolean; tenant: Site }[] } }>(
  `query Owned { viewer { tenants { onlyOwner tenant { id name } } } }`,
);

export const DELETE_ACCOUNT = document<{ deleteAccount: boolean }, { leave: string[] }>(
  `mutation DeleteAccount($leave: [ID!]) { deleteAccount(leave: $leave) }`,
);
