// The GraphQL documents of end-to-end encryption.
import type { ConvertedNote } from "../../../widget/src/encryption/conversion";
import type { RecoveryCodeInput, StoredWrap } from "../../../widget/src/encryption/activation";
import type { Page } from "../../../widget/src/core/note";
import type { AccountSealing, Sealing } from "../../../widget/src/encryption/note_input";
import { document } from "../graphql/document";
import type { SiteNote } from "../account/note";

export const ENCRYPTION = document<{ viewer: { sealing: AccountSealing; keyWraps: StoredWrap[]; passkeys: { id: string; name: string }[] } }>(
  `query Encryption { viewer { sealing keyWraps { passkey generation wrap } passkeys { id name } } }`,
);

export const SET_SEALING = document<
  { setSealing: { sealing: AccountSealing } },
  { input: { to: Sealing; generation: number; wraps: { passkey: string; wrap: string }[] } }
>(`mutation SetSealing($input: SetSealingInput!) { setSealing(input: $input) { sealing } }`);

export const CONVERT = document<{ convertNotes: { note: { id: string } }[] }, { notes: ConvertedNote[] }>(
  `mutation Convert($notes: [UpdateNoteInput!]!) { convertNotes(notes: $notes) { note { id } } }`,
);

export const REPLACE_CODES = document<{ replaceRecoveryCodes: number }, { codes: RecoveryCodeInput[] }>(
  `mutation ReplaceCodes($codes: [RecoveryCodeInput!]!) { replaceRecoveryCodes(codes: $codes) }`,
);

export const ALL_NOTES = document<{ notes: Page<SiteNote & { createdAt: string }> }, { trashed: boolean; after: string | null }>(
  `query AllNotes($trashed: Boolean, $after: String) {
    notes(first: 100, after: $after, filter: { trashed: $trashed }, orderBy: CREATED_DESC) {
      edges { node { id title body tags pinned version createdAt updatedAt trashedAt tenant { id name } sealing sealed context { id title url } } }
      pageInfo { hasNextPage endCursor }
    }
  }`,
);

export const EXPORTED_ACCOUNT = document<{ viewer: object }>(
  `query ExportedAccount {
    viewer {
      id displayName
      passkeys { id name provider backedUp createdAt lastUsedAt }
      sessions { kind tenant { id name } embedOrigin createdAt lastUsedAt expiresAt }
      identities { tenant { id name } subject email name linkedAt }
      tenants { role tenant { id name } }
    }
  }`,
);
