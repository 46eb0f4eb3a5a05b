// The PRF extension of passkeys (Web Authentication Level 3, §10.1.4): 32 secret bytes from a passkey, the same ones each time.
//
// What browsers do that the specification does not say:
//   - Only `eval` is used, with one input for everybody. WebKit throws for `evalByCredential`, and so does every browser at create.
//   - Many devices give no result at create, only at the next get. `enabled` may be missing or false there although a get gives one
//     (caBLE, Windows Hello). At get, a missing result is final.
//   - WebKit of 2026 (Safari 26.4) gives the result of a security key still encrypted, another one each time; iOS 18.0 to 18.3 gives
//     another result on a second device. A wrap counts only once a second ceremony has opened it. Until then, nothing is encrypted.
//   - Password managers replace navigator.credentials: results may be a view, of another page's realm, or not 32 bytes long.
//   - toJSON() includes the results, and a password manager may add outputs of its own. Only known ones are sent.
import type { Bytes } from "./encoding";
import { utf8 } from "../bytes";

const resultLength = 32;

/** PRFExtension is the input for navigator.credentials.create and get. */
export interface PRFExtension {
  prf: { eval: { first: Bytes } };
}

/** Returns the extension's input, the same for everybody: a passkey can be asked for its result before it is known which one it is. */
export async function prfExtension(): Promise<PRFExtension> {
  return { prf: { eval: { first: new Uint8Array(await crypto.subtle.digest("SHA-256", utf8("aside/prf/1"))) } } };
}

/** Credential is the part of a PublicKeyCredential, or of a password manager's stand-in, that is read here. */
export interface Credential {
  getClientExtensionResults?(): { prf?: { enabled?: unknown; results?: { first?: unknown } } };
}

/** Returns a copy of the result, or null if the passkey gave none that can be used. */
export function prfResult(credential: Credential): Bytes | null {
  let first: unknown;
  try {
    first = credential.getClientExtensionResults?.().prf?.results?.first;
  } catch {
    return null;
  }
  if (!ArrayBuffer.isView(first) && !isBuffer(first)) return null;
  const result = ArrayBuffer.isView(first) ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength) : new Uint8Array(first);
  return result.length === resultLength ? new Uint8Array(result) : null;
}

/** Reports whether it is a buffer, of this page's realm or another one. */
function isBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

/** Returns the JSON of a credential for the server, without any secret: of the extensions' outputs, only credProps and prf.enabled are left. */
export function withoutSecrets<C extends object>(credential: C): C {
  const { credProps, prf } = ((credential as { clientExtensionResults?: unknown }).clientExtensionResults ?? {}) as { credProps?: unknown; prf?: { enabled?: unknown } };
  const enabled = prf?.enabled;
  return { ...credential, clientExtensionResults: { ...(credProps !== undefined && { credProps }), ...(typeof enabled === "boolean" && { prf: { enabled } }) } };
}
