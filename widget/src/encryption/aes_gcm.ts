// AES-256-GCM (NIST SP 800-38D). A message is IV ‖ ciphertext ‖ tag: 12 bytes, as many as the text has, 16 bytes.
//
// Each message has a new random IV of 96 bits, and no caller can choose one: two messages with one IV would reveal both texts and the
// authentication key. A key encrypts at most 2³² messages (§8.3), which nobody writes as notes.
import { concat, type Bytes } from "./encoding";
import { Problem } from "../core/problem";

const ivLength = 12;
const tagLength = 16;

/** How many bytes longer a message is than its text. */
export const overhead = ivLength + tagLength;

/** Imports 32 bytes as a key that encrypts and decrypts, and that no script can read. */
export function aesKey(bytes: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Encrypts a text. Only who names the same associated data can open the message. */
export async function encrypt(key: CryptoKey, text: Bytes, associated: Bytes): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(ivLength));
  return concat(iv, new Uint8Array(await crypto.subtle.encrypt(parameters(iv, associated), key, text)));
}

/** Opens a message. It throws the Problem `damaged` for another key, other associated data, and a message that was changed or cut off. */
export async function decrypt(key: CryptoKey, message: Bytes, associated: Bytes): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters(message.subarray(0, ivLength), associated), key, message.subarray(ivLength)));
  } catch {
    throw new Problem("damaged");
  }
}

function parameters(iv: Bytes, additionalData: Bytes): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData, tagLength: 8 * tagLength };
}
