// The key of the notes, which the sign-in window gives to the frame.
import { openTenantKey } from "../encryption/key_transfer";
import type { SentKey, Session } from "../session";
import { config } from "../shared";

/** Opens the key that was sent to a session. It throws the Problem `damaged` if the key was not encrypted to the session's attempt. */
export async function receiveKey(session: Session, [jwe, { transfer, requestURI }]: SentKey): Promise<void> {
  delete session.transfer;
  session.contentKey = await openTenantKey(jwe, transfer!, requestURI, config.tenant.key);
}
