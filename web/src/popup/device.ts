import { runCeremony, type CeremonyResult } from "../passkey/ceremony";

const declined = "aside:no-passkey-here";

/**
 * Returns whether to offer a passkey on this device: after a sign-in with another device's passkey, if this device supports
 * passkeys, until the person declines.
 */
export async function shouldOfferPasskey({ credential }: CeremonyResult): Promise<boolean> {
  try {
    return (
      credential.authenticatorAttachment === "cross-platform" &&
      !localStorage.getItem(declined) &&
      (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable())
    );
  } catch {
    return false; // without storage, the browser would ask each time
  }
}

/** Creates a passkey for the signed-in account on this device, and finishes the ceremony. An existing one is fine too. */
export async function addPasskeyHere(finish: (made: CeremonyResult) => Promise<unknown>, onPrompt: () => void): Promise<void> {
  try {
    await finish(await runCeremony("addition", onPrompt, { attachment: "platform" }));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
  }
}

/** Stops asking in this browser: with a security key, every sign-in would ask. */
export function declinePasskeyHere(): void {
  localStorage.setItem(declined, "1");
}
