// Signals to the password manager (Web Authentication Level 3, §5.1.10), so that it offers no removed passkey, and shows the
// account's current name. Not every browser supports them, and nothing depends on them.
import { post } from "../http/post";

/** The accepted passkeys and the account's name (auth/passkey_user.go). */
interface Accepted {
  rpId: string;
  userId: string;
  name: string;
  displayName: string;
  allAcceptedCredentialIds: string[];
}

/** Browsers got this API years after passkeys. A browser without passkeys has no such object. */
const manager = window.PublicKeyCredential as Partial<typeof PublicKeyCredential> | undefined;

/** Signals which passkeys open the signed-in account, and its name. */
export async function signalAccount(): Promise<void> {
  await sendSignals(await acceptedPasskeys());
}

/** Returns the data to signal, or null if the browser doesn't support it. Call it before an account is deleted. */
export async function acceptedPasskeys(): Promise<Accepted | null> {
  if (!manager?.signalAllAcceptedCredentials) return null;
  return post<Accepted>("/passkeys/accepted", {}).catch(() => null);
}

export async function sendSignals(accepted: Accepted | null): Promise<void> {
  if (!accepted) return;
  await manager?.signalAllAcceptedCredentials?.(accepted).catch(() => {});
  await manager?.signalCurrentUserDetails?.(accepted).catch(() => {});
}

/** Signals that a passkey is unknown here. */
export function signalUnknown(credentialId: string): void {
  manager?.signalUnknownCredential?.({ rpId: location.hostname, credentialId }).catch(() => {});
}
