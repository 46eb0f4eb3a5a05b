// HKDF with SHA-256 (RFC 5869). There is no salt (§3.1): each secret is random already, of 130 bits or more.
import type { Bytes } from "./encoding";
import { utf8 } from "../bytes";

/** Imports a secret that no script can read from now on. Keys can be derived from it. */
export function hkdfKey(secret: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
}

/** Derives 32 bytes for one purpose, which the info names. */
export async function derive(key: CryptoKey, info: string): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(info) }, key, 256));
}
