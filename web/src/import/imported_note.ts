// A note that is read from a file, before it is stored.
import type { NoteContext } from "../../../widget/src/core/note";
import { utf8 } from "../../../widget/src/bytes";

/** Why a file, or a note in one, is not imported: its type, its name, a text that is too long, empty, or can't be read; or its note names it. */
export type SkipReason = "type" | "name" | "long" | "empty" | "damaged" | "attachment";

export interface Skipped {
  path: string;
  /** The title of one of many notes in the file. */
  title?: string;
  reason: SkipReason;
}

export interface ImportedNote {
  title: string;
  body: string;
  tags: string[];
  /** The tags that a note can't have: they are too long, or too many. */
  omittedTags?: string[];
  pinned: boolean;
  trashed: boolean;
  /** Whether it was in an archive, which we have as a tag. */
  archived?: boolean;
  /** How many files were attached to it. Its text has their names. */
  attachments?: number;
  context?: NoteContext;
  /** The tenant's key, of a note from our own export. */
  tenant?: string;
  /** When it was changed last, in milliseconds; 0 if that is not known. */
  changed: number;
  /** The file that it comes from. */
  path: string;
}

/** The limits of a note and its page (db/limits.go, db/note_context.go). */
const titleLength = 200;
export const bodySize = 64 << 10;
export const maxTags = 20;
export const tagLength = 50;
const contextIDLength = 200;
const contextURLSize = 2000;

/** Returns a text without what JSON may contain but no text can: NUL, which nobody sees, and halves of characters. */
const storable = (text: string) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(text.replaceAll("\0", "")));

const lengthOf = (text: string) => [...text].length;

/** Returns a note within the limits, or why it is not imported. A title that is too long is in the text, too. */
export function withinLimits({ context, ...note }: ImportedNote): ImportedNote | SkipReason {
  const given = storable(note.title);
  const line = given.replace(/\s+/g, " ").trim();
  const long = lengthOf(line) > titleLength;
  // A title that fits stays as it is.
  const title = long ? [...line].slice(0, titleLength - 1).join("") + "…" : /[\r\n]/.test(given) || lengthOf(given) > titleLength ? line : given;
  const text = storable(note.body);
  const body = long ? `${line}\n\n${text}` : text;
  if (utf8(body).length > bodySize) return "long";
  const named = [...new Set(note.tags.map((tag) => storable(tag).trim()).filter(Boolean))];
  const tags = named.filter((tag) => lengthOf(tag) <= tagLength).slice(0, maxTags);
  const omittedTags = named.filter((tag) => !tags.includes(tag));
  if (!title.trim() && !body.trim() && !(note.tenant && (tags.length || note.pinned))) return "empty"; // our own notes may have tags only
  const page = context && pageWithinLimits(context);
  return { ...note, title, body, tags, ...(omittedTags.length && { omittedTags }), ...(page && { context: page }) };
}

/** Returns a note's page as the server would store it, or null for one that it refuses. */
function pageWithinLimits({ id, title, url }: NoteContext): NoteContext | null {
  if (!id || lengthOf(id) > contextIDLength || /\p{Cc}/u.test(id) || storable(id) !== id) return null;
  const fitting = /^https?:/.test(url) && utf8(url).length <= contextURLSize && !/\p{Cc}/u.test(url) && storable(url) === url;
  const line = storable(title).replace(/[\s\p{Cc}]+/gu, " ").trim();
  return { id, title: [...line].slice(0, titleLength).join(""), url: fitting ? url : "" };
}
