// WebAuthn's JSON forms by hand, for browsers that have passkeys but not yet the methods, and for password managers with credentials
// without toJSON(). Of the extensions, only PRF is converted.

type Bytes = Uint8Array<ArrayBuffer>;

/** The part of a credential's JSON that we use. */
export interface CredentialJSON {
  id: string;
  authenticatorAttachment?: string | null;
}

function decode(text: string): Bytes {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

function encode(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function descriptors(list: PublicKeyCredentialDescriptorJSON[] | undefined): PublicKeyCredentialDescriptor[] {
  return (list ?? []).map((d) => ({ ...d, id: decode(d.id) }) as PublicKeyCredentialDescriptor);
}

function extensions(json: unknown): AuthenticationExtensionsClientInputs {
  const first = (json as { prf?: { eval?: { first?: string } } } | undefined)?.prf?.eval?.first;
  return first ? { prf: { eval: { first: decode(first) } } } : {};
}

/** Converts the server's JSON to the options of navigator.credentials.create. */
export function creationOptionsByHand(json: PublicKeyCredentialCreationOptionsJSON): PublicKeyCredentialCreationOptions {
  return {
    ...json,
    challenge: decode(json.challenge),
    user: { ...json.user, id: decode(json.user.id) },
    excludeCredentials: descriptors(json.excludeCredentials),
    extensions: extensions(json.extensions),
  } as PublicKeyCredentialCreationOptions;
}

/** Converts the server's JSON to the options of navigator.credentials.get. */
export function requestOptionsByHand(json: PublicKeyCredentialRequestOptionsJSON): PublicKeyCredentialRequestOptions {
  return {
    ...json,
    challenge: decode(json.challenge),
    allowCredentials: descriptors(json.allowCredentials),
    extensions: extensions(json.extensions),
  } as PublicKeyCredentialRequestOptions;
}

/** Only a hint, and not every password manager has it. */
function transports(response: AuthenticatorAttestationResponse): string[] {
  try {
    return response.getTransports();
  } catch {
    return [];
  }
}

/** Converts a credential to JSON. */
export function credentialByHand(credential: PublicKeyCredential): CredentialJSON {
  const { response } = credential;
  const fields: Record<string, unknown> = { clientDataJSON: encode(response.clientDataJSON) };
  if ("attestationObject" in response) {
    const made = response as AuthenticatorAttestationResponse;
    fields["attestationObject"] = encode(made.attestationObject);
    fields["transports"] = transports(made);
  } else {
    const used = response as AuthenticatorAssertionResponse;
    fields["authenticatorData"] = encode(used.authenticatorData);
    fields["signature"] = encode(used.signature);
    fields["userHandle"] = used.userHandle ? encode(used.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    response: fields,
  } as CredentialJSON;
}
