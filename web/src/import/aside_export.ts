// Our own export: notes.json, and the same notes as files of Markdown (db/archive.go, encryption/export.ts).
import { readFrontMatter } from "./front_matter";
import type { ImportedNote } from "./imported_note";
import { isObject, text, texts, time, type Fields } from "./json_value";

/** Reports whether a value is account.json, which has no notes. */
export const isAccount = (value: unknown) => isObject(value) && "displayName" in value;

/** Returns the notes in notes.json as asideNote does, or null. */
export function asideNotes(value: unknown, path: string): { notes: (ImportedNote | null)[]; repeats: (content: string) => boolean } | null {
  if (!Array.isArray(value) || !value.every((one) => isObject(one) && typeof one["tenantId"] === "string" && "body" in one)) return null;
  const list = value as Fields[];
  const byID = new Map(list.map((note) => [note["id"], note]));
  return {
    notes: list.map((note) => asideNote(note, text(note["body"]), path)),
    repeats: (content) => {
      const { fields, body } = readFrontMatter(content) ?? {};
      const note = byID.get(fields?.["id"]);
      return note !== undefined && note["body"] === body && note["title"] === fields?.["title"];
    },
  };
}

/** Returns the note with these fields, of notes.json or of a front matter, or null for one that could not be decrypted for the export. */
export function asideNote(note: Fields, body: string, path: string): ImportedNote | null {
  if (note["tenantId"] && typeof note["sealed"] === "string") return null;
  const context = note["context"];
  return {
    title: text(note["title"]),
    body,
    tags: texts(note["tags"]),
    pinned: note["pinned"] === true,
    trashed: typeof note["trashedAt"] === "string",
    ...(text(note["tenantId"]) && { tenant: text(note["tenantId"]) }),
    ...(isObject(context) && { context: { id: text(context["id"]), title: text(context["title"]), url: text(context["url"]) } }),
    changed: time(note["updatedAt"]),
    path,
  };
}
