// WebAuthn's own JSON forms (Web Authentication Level 3, §5.1.8 to §5.1.10). Browsers that have passkeys but not yet these methods
// load conversions by hand.
import { loadExtras } from "../page/extras";
import type { CredentialJSON } from "./json_by_hand";

/** Converts the server's JSON to the options of navigator.credentials.create. */
export async function creationOptions(json: PublicKeyCredentialCreationOptionsJSON): Promise<PublicKeyCredentialCreationOptions> {
  return PublicKeyCredential.parseCreationOptionsFromJSON?.(json) ?? (await loadExtras()).creationOptionsByHand(json);
}

/** Converts the server's JSON to the options of navigator.credentials.get. */
export async function requestOptions(json: PublicKeyCredentialRequestOptionsJSON): Promise<PublicKeyCredentialRequestOptions> {
  return PublicKeyCredential.parseRequestOptionsFromJSON?.(json) ?? (await loadExtras()).requestOptionsByHand(json);
}

/**
 * Converts a credential to JSON, without the outputs of extensions: toJSON() includes the PRF results, which are a secret of the device
 * (§10.1.4), and a password manager may add outputs of its own.
 */
export async function credentialJSON(credential: PublicKeyCredential): Promise<CredentialJSON & { clientExtensionResults: object }> {
  return { ...(native(credential) ?? (await loadExtras()).credentialByHand(credential)), clientExtensionResults: {} };
}

function native(credential: PublicKeyCredential): CredentialJSON | null {
  try {
    const json = credential.toJSON() as CredentialJSON | undefined;
    return json?.id ? json : null;
  } catch {
    return null; // missing, or a password manager's stand-in that isn't a real PublicKeyCredential
  }
}
