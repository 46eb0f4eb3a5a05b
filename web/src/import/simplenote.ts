// Simplenote's export: source/notes.json, and the same notes as files of text beside source/, those of the trash in trash/.
import type { ImportedNote } from "./imported_note";
import { isObject, objects, text, texts, time } from "./json_value";

/** What the files of text have after the text of a note with tags. */
const tagList = "\n\nTags:\n  ";

const normal = (content: string) => content.replace(/\r\n?/g, "\n").trim();

/** Returns the notes in source/notes.json, or null. */
export function simplenoteNotes(value: unknown, path: string): { notes: ImportedNote[]; repeats: (content: string) => boolean } | null {
  if (!isObject(value) || !Array.isArray(value["activeNotes"])) return null;
  const [active, trashed] = [objects(value["activeNotes"]), objects(value["trashedNotes"])];
  const contents = new Set([...active, ...trashed].map((note) => normal(text(note["content"]))));
  const read = (list: typeof active, trashed: boolean) =>
    list.map((note): ImportedNote => {
      const [title = "", ...rest] = text(note["content"]).split(/\r?\n/); // the first line is the title there
      return { title, body: rest.join("\n").replace(/^\n+/, ""), tags: texts(note["tags"]), pinned: note["pinned"] === true, trashed, changed: time(note["lastModified"]), path };
    });
  return {
    notes: [...read(active, false), ...read(trashed, true)],
    repeats: (content) => {
      const written = normal(content);
      const tagsAt = written.lastIndexOf(tagList.trimEnd());
      return contents.has(written) || (tagsAt >= 0 && contents.has(written.slice(0, tagsAt).trim()));
    },
  };
}
