// The key of the notes, which the sign-in window gives to the frame.
import { openTenantKey } from "../encryption/key_transfer";
import type { SentKey, Session } from "../session";
import { config } from "../shared";

/** Opens the key that a session's response had. It throws the Problem `damaged` if it was not encrypted to the attempt of the session. */
export async function receiveKey(session: Session, [jwe, { transfer, requestURI }]: SentKey): Promise<void> {
  delete session.sentKey;
  session.contentKey = await openTenantKey(jwe, transfer!, requestURI, config.tenant.key);
}
