import type { CeremonyResult } from "../passkey/ceremony_result";

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

/** Stops asking in this browser: with a security key, every sign-in would ask. */
export function declinePasskeyHere(): void {
  localStorage.setItem(declined, "1");
}
