// What the person's password manager is told (Web Authentication Level 3, §5.1.10), so that it offers no passkey that opens
// nothing, and each under the name that its account has. All of it is a courtesy: not every browser has a manager that
// listens, and nothing depends on whether it does.
import { post } from "../http/post";

/** What opens the account and what that is called, as the server knows it (auth/accepted.go). */
interface Accepted {
  rpId: string;
  userId: string;
  name: string;
  displayName: string;
  allAcceptedCredentialIds: string[];
}

/** Browsers learned to pass it on years after passkeys, and one without passkeys has no such object at all. */
const manager = window.PublicKeyCredential as Partial<typeof PublicKeyCredential> | undefined;

/** Says which passkeys open the account of whoever is signed in, and its name. */
export async function signal(): Promise<void> {
  await tell(await accepted());
}

/** What there is to say; null where nobody would listen. An account that is about to go is asked before it does. */
export async function accepted(): Promise<Accepted | null> {
  if (!manager?.signalAllAcceptedCredentials) return null;
  return post<Accepted>("/passkeys/accepted", {}).catch(() => null);
}

export async function tell(said: Accepted | null): Promise<void> {
  if (!said) return;
  await manager?.signalAllAcceptedCredentials?.(said).catch(() => {});
  await manager?.signalCurrentUserDetails?.(said).catch(() => {});
}

/** Says that a passkey opens nothing here. */
export function signalUnknown(credentialId: string): void {
  manager?.signalUnknownCredential?.({ rpId: location.hostname, credentialId }).catch(() => {});
}
