// The GraphQL documents about the signed-in person's sessions.
import { document } from "../graphql/document";

export const CURRENT_SESSION = document<{ viewer: { sessions: { id: string; current: boolean }[] } }>(
  `query CurrentSession { viewer { sessions { id current } } }`,
);

export const REVOKE_SESSION = document<{ revokeSession: { id: string } }, { id: string }>(
  `mutation RevokeSession($id: ID!) { revokeSession(id: $id) { id } }`,
);
