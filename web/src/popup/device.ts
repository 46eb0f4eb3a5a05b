import { finish, prove, type Proof } from "../passkey/ceremony";

const declined = "aside:no-passkey-here";

/**
 * Whether to offer a passkey on this device: after a sign-in with one from another, where this device can hold one, until the
 * person has said that they want none here.
 */
export async function lacksPasskey({ credential }: Proof): Promise<boolean> {
  try {
    return (
      credential.authenticatorAttachment === "cross-platform" &&
      !localStorage.getItem(declined) &&
      (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable())
    );
  } catch {
    return false; // a browser that keeps nothing would ask each time
  }
}

/** Has this device make a passkey for whoever is signed in. One that it has already is as good. */
export async function addHere(prompting: () => void): Promise<void> {
  try {
    await finish(await prove("addition", prompting, { attachment: "platform" }));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
  }
}

/** Doesn't ask again in this browser: with a security key every sign-in is one with another device. */
export function wantNoneHere(): void {
  localStorage.setItem(declined, "1");
}
