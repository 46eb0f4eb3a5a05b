// Wraps: copies of the content key, each encrypted with a key that only a passkey or a recovery code gives.
//
// A wrap is AES-256-GCM(KEK, content key), in base64url: 80 characters. Authenticated with it are `aside/wrap/1`, the account's WebAuthn
// user handle (64 bytes), and what wraps it: `passkey` or `recovery`, the generation and the id, joined by `/`. So a wrap opens for one
// account, one passkey or code, and one generation: the server can't offer the wrap of an earlier content key as a later one.
import { aesKey, decrypt, encrypt } from "./aes_gcm";
import { keyLength } from "./content_key";
import { concat, fromBase64url, type Bytes } from "./encoding";
import { derive, hkdfKey } from "./hkdf";
import { base64url, utf8 } from "../bytes";
import { Problem } from "../core/problem";

/** Wrapper is what a wrap belongs to. */
export interface Wrapper {
  kind: "passkey" | "recovery";
  /** The id of the passkey as the API returns it, or the locator of the recovery code. */
  id: string;
  /** Which content key of the account it is: 1 for the first. */
  generation: number;
}

/** The length in bytes of a WebAuthn user handle (Web Authentication Level 3, §5.4.3). */
const handleLength = 64;

/** Derives the key-encrypting key of a passkey from its PRF result, 32 bytes (prf.ts). */
export async function passkeyKEK(result: Bytes): Promise<CryptoKey> {
  return aesKey(await derive(await hkdfKey(result), "aside/kek/passkey/1"));
}

/** Derives the key-encrypting key of a recovery code from its secret, 26 characters (recovery_code.ts). */
export async function recoveryKEK(secret: string): Promise<CryptoKey> {
  return aesKey(await derive(await hkdfKey(utf8(secret)), "aside/kek/recovery/1"));
}

/** Wraps the content key of the account with this user handle. */
export async function wrapContentKey(contentKey: Bytes, kek: CryptoKey, handle: Bytes, wrapper: Wrapper): Promise<string> {
  if (contentKey.length !== keyLength) throw new Problem("damaged");
  return base64url(await encrypt(kek, contentKey, associated(handle, wrapper)));
}

/**
 * Opens a wrap and returns the content key. It throws the Problem `damaged` if the wrap is of another passkey, code, account or
 * generation, was changed or cut off, or if the device gave another PRF result than before.
 */
export async function openWrap(wrap: string, kek: CryptoKey, handle: Bytes, wrapper: Wrapper): Promise<Bytes> {
  const contentKey = await decrypt(kek, fromBase64url(wrap) ?? new Uint8Array(), associated(handle, wrapper));
  if (contentKey.length !== keyLength) throw new Problem("damaged");
  return contentKey;
}

function associated(handle: Bytes, { kind, id, generation }: Wrapper): Bytes {
  if (handle.length !== handleLength) throw new Problem("damaged"); // a shorter one could run into what follows
  return concat(utf8("aside/wrap/1"), handle, utf8(`${kind}/${generation}/${id}`));
}
