import { post } from "../http/post";

interface Creation {
  options: PublicKeyCredentialCreationOptionsJSON;
}

/**
 * Tells the person's password manager which passkeys still open the account and what it is called, so that it doesn't offer
 * one that was removed (Web Authentication Level 3, §5.1.10). The beginning of adding a passkey says both, of which nothing
 * comes here. Best effort: not every browser has a manager that listens.
 */
export async function signal(): Promise<void> {
  if (!("signalAllAcceptedCredentials" in PublicKeyCredential)) return;
  try {
    const { options } = await post<Creation>("/passkeys/addition", {});
    const rpId = options.rp.id ?? location.hostname;
    const { id: userId, name, displayName } = options.user;
    const allAcceptedCredentialIds = (options.excludeCredentials ?? []).map(({ id }) => id);
    await PublicKeyCredential.signalAllAcceptedCredentials({ rpId, userId, allAcceptedCredentialIds });
    await PublicKeyCredential.signalCurrentUserDetails({ rpId, userId, name, displayName });
  } catch {
    // It is a courtesy: the passkey is gone from the account in any case.
  }
}
