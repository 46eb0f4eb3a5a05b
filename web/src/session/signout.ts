import { ask } from "../graphql/ask";
import { CURRENT_SESSION, REVOKE_SESSION } from "./documents";
import { leave } from "./door";

/** Ends the session of this page, on the server first. */
export async function signOut(): Promise<void> {
  const { viewer } = await ask(CURRENT_SESSION);
  const current = viewer.sessions.find((session) => session.current);
  if (current) await ask(REVOKE_SESSION, { id: current.id });
  leave("signed-out");
}
