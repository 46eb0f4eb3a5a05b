// The content key of an account: 32 random bytes, from which the key of each tenant is derived. It is made on the account origin and
// stays there. The server has only wrapped copies (key_wrap.ts).
//
// The page keeps it as a CryptoKey that no script can read, which is enough for tenant keys but not for another wrap. So whatever makes
// a wrap (a new passkey, new recovery codes) opens an existing wrap first, in the ceremony that confirms it, and has the bytes until it
// is done: fill(0) removes them.
import type { Bytes } from "./encoding";
import { hkdfKey } from "./hkdf";
import { Problem } from "../core/problem";

/** The length in bytes of content keys and tenant keys. */
export const keyLength = 32;

/** Makes a content key. */
export function newContentKey(): Bytes {
  return crypto.getRandomValues(new Uint8Array(keyLength));
}

/** Imports a content key to derive tenant keys. It throws the Problem `damaged` for another length. */
export async function importContentKey(bytes: Bytes): Promise<CryptoKey> {
  if (bytes.length !== keyLength) throw new Problem("damaged");
  return hkdfKey(bytes);
}
