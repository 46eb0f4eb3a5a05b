// A note that is read from a file, before it is stored.
import type { NoteContext } from "../../../widget/src/core/note";
import { utf8 } from "../../../widget/src/bytes";

/** Why a file is not imported: its type, its name, a text that is too long, empty, or can't be read. */
export type SkipReason = "type" | "name" | "long" | "empty" | "damaged";

export interface Skipped {
  path: string;
  reason: SkipReason;
}

export interface ImportedNote {
  title: string;
  body: string;
  tags: string[];
  pinned: boolean;
  trashed: boolean;
  context?: NoteContext;
  /** The tenant's key, of a note from our own export. */
  tenant?: string;
  /** When it was changed last, in milliseconds; 0 if that is not known. */
  changed: number;
  /** The file that it comes from. */
  path: string;
}

/** The limits of a note (db/limits.go). */
const titleLength = 200;
const bodySize = 64 << 10;
const maxTags = 20;
const tagLength = 50;

/** Returns a text without halves of characters, which JSON may contain. */
const wellFormed = (text: string) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(text));

/** Returns a note within the limits, or why it is not imported. A title that is too long is in the text, too. */
export function withinLimits(note: ImportedNote): ImportedNote | SkipReason {
  const line = note.title.replace(/\s+/g, " ").trim();
  const characters = [...line];
  const long = characters.length > titleLength;
  // A title that fits stays as it is.
  const title = long ? characters.slice(0, titleLength - 1).join("") + "…" : /[\r\n]/.test(note.title) ? line : note.title;
  const body = wellFormed(long ? `${line}\n\n${note.body}` : note.body);
  if (!title.trim() && !body.trim()) return "empty";
  if (utf8(body).length > bodySize) return "long";
  if (note.context && !(note.context.id && (!note.context.url || /^https?:/.test(note.context.url)))) delete note.context;
  const tags = [...new Set(note.tags.map((tag) => tag.trim()).filter((tag) => tag && [...tag].length <= tagLength))].slice(0, maxTags);
  return { ...note, title: wellFormed(title), body, tags };
}
