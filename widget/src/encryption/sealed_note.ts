// What a person writes in a note, as only their devices can read it.
//
// The text is a JSON object with `v`, 1, and the members of NoteText, in UTF-8. Spaces after it, which JSON ignores (RFC 8259 §2), pad it
// (padding.ts). It is encrypted with AES-256-GCM under the tenant key and sent in base64url. `aside/note/1`, the note's id (36
// characters) and the tenant key, t_…, are authenticated with it: a text opens in its own note only. Its version is not among them, as
// the server restores earlier versions: seen_versions.ts detects an old one.
import { decrypt, encrypt, overhead } from "./aes_gcm";
import { concat, fromBase64url, type Bytes } from "./encoding";
import { paddedLength } from "./padding";
import { base64url, utf8 } from "../bytes";
import type { Content, NoteContext } from "../core/note";
import { Problem } from "../core/problem";

/** NoteText is everything in a note that a person writes. Whether it is pinned is not: the server sorts by it. */
export interface NoteText extends Pick<Content, "title" | "body" | "tags"> {
  context?: NoteContext;
}

const format = 1;

/** The most bytes of a padded text: a body of 64 KiB with every byte escaped, and everything else. */
export const maxTextLength = 448 << 10;

/** The most characters of a sealed text. */
export const maxSealedLength = Math.ceil(((maxTextLength + overhead) * 4) / 3);

/**
 * Seals the text of a note. It throws the Problem `too_long` if the text exceeds the limits of notes, which the server can't check.
 */
export async function sealNote({ title, body, tags, context }: NoteText, key: CryptoKey, id: string, tenant: string): Promise<string> {
  const text = utf8(JSON.stringify({ v: format, title, body, tags, context }));
  const length = paddedLength(text.length);
  if (length > maxTextLength || exceedsLimits(title, body, tags)) throw new Problem("too_long");
  const padded = new Uint8Array(length).fill(32);
  padded.set(text);
  const message = await encrypt(key, padded, associated(id, tenant));
  // In parts, since a call takes only so many arguments. Multiples of 3 bytes are whole characters.
  let sealed = "";
  for (let i = 0; i < message.length; i += 24_576) sealed += base64url(message.subarray(i, i + 24_576));
  return sealed;
}

/**
 * Opens the text of a note. It throws the Problem `damaged` for another key, note or tenant and for a text that was changed or cut off,
 * and `newer` for the format of a later release, which this one would lose a part of.
 */
export async function openNote(sealed: string, key: CryptoKey, id: string, tenant: string): Promise<NoteText> {
  const message = sealed.length > maxSealedLength ? null : fromBase64url(sealed);
  return parse(await decrypt(key, message ?? new Uint8Array(), associated(id, tenant)));
}

function associated(id: string, tenant: string): Bytes {
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) throw new Problem("damaged"); // another length could run into the tenant key
  return concat(utf8("aside/note/1"), utf8(id), utf8(tenant));
}

function parse(bytes: Bytes): NoteText {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Problem("damaged");
  }
  const { v, title, body, tags, context, ...others } = Object(value) as Record<string, unknown>;
  if ((Number.isInteger(v) && v !== format) || (v === format && Object.keys(others).length)) throw new Problem("newer");
  if (v !== format || !isString(title) || !isString(body) || !Array.isArray(tags) || !tags.every(isString)) throw new Problem("damaged");
  return { title, body, tags, ...(context !== undefined && { context: parseContext(context) }) };
}

function parseContext(value: unknown): NoteContext {
  const { id, title, url } = Object(value) as Record<string, unknown>;
  if (!isString(id) || !isString(title) || !isString(url)) throw new Problem("damaged");
  return { id, title, url };
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/**
 * Reports whether a note has what the server refuses in other notes (db/limits.go). The fields of the title and of the tags take no more
 * than they may have, so that it is the text that is too long.
 */
function exceedsLimits(title: string, body: string, tags: string[]): boolean {
  const length = (text: string) => [...text].length;
  return /[\r\n\0]/.test(title) || length(title) > 200 || utf8(body).length > 65_536 || tags.length > 20 || tags.some((tag) => !tag || length(tag) > 50);
}
