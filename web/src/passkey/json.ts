// WebAuthn's own JSON forms (Web Authentication Level 3, §5.1.8 to §5.1.10), with conversions by hand for browsers that have
// passkeys but not yet these methods. By hand, no extension is asked for: each has a conversion of its own.

type Bytes = Uint8Array<ArrayBuffer>;

/** The part of a credential's JSON that we use. */
export interface CredentialJSON {
  id: string;
  authenticatorAttachment?: string | null;
  clientExtensionResults?: { prf?: unknown };
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

/** Converts the server's JSON to the options of navigator.credentials.create. */
export function creationOptions(json: PublicKeyCredentialCreationOptionsJSON): PublicKeyCredentialCreationOptions {
  if ("parseCreationOptionsFromJSON" in PublicKeyCredential) {
    return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  }
  return {
    ...json,
    challenge: decode(json.challenge),
    user: { ...json.user, id: decode(json.user.id) },
    excludeCredentials: descriptors(json.excludeCredentials),
    extensions: {},
  } as PublicKeyCredentialCreationOptions;
}

/** Converts the server's JSON to the options of navigator.credentials.get. */
export function requestOptions(json: PublicKeyCredentialRequestOptionsJSON): PublicKeyCredentialRequestOptions {
  if ("parseRequestOptionsFromJSON" in PublicKeyCredential) {
    return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  }
  return {
    ...json,
    challenge: decode(json.challenge),
    allowCredentials: descriptors(json.allowCredentials),
    extensions: {},
  } as PublicKeyCredentialRequestOptions;
}

/** Converts a credential to JSON. */
export function credentialJSON(credential: PublicKeyCredential): CredentialJSON {
  const json = native(credential) ?? byHand(credential);
  // A PRF result is a secret of the device, which toJSON() would include (§10.1.4).
  delete json.clientExtensionResults?.prf;
  return json;
}

function native(credential: PublicKeyCredential): CredentialJSON | null {
  try {
    const json = credential.toJSON() as CredentialJSON | undefined;
    return json?.id ? json : null;
  } catch {
    return null; // missing, or a password manager's stand-in that isn't a real PublicKeyCredential
  }
}

/** Only a hint, and not every password manager has it. */
function transports(response: AuthenticatorAttestationResponse): string[] {
  try {
    return response.getTransports();
  } catch {
    return [];
  }
}

function byHand(credential: PublicKeyCredential): CredentialJSON {
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
  const json = {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: {},
    response: fields,
  };
  return json;
}
