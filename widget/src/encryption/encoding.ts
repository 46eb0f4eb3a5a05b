// Bytes and base64url (RFC 4648 §5), beyond what the frame needs at first (bytes.ts).
import { base64url } from "../bytes";

/** Bytes is what WebCrypto takes and returns: never a view of shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Decodes RFC 4648 §5 without padding. It returns null for anything that base64url would not have written. */
export function fromBase64url(text: string): Bytes | null {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  // The last character has bits that no byte uses. They are 0, so that one text only stands for the bytes (§3.5).
  return base64url(bytes.subarray(bytes.length - (bytes.length % 3))) === text.slice(text.length - (text.length % 4)) ? bytes : null;
}

/** Joins parts. */
export function concat(...parts: Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
