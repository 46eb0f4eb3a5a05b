// Google Keep's export, by Google Takeout: a folder, named in the person's language, with a file of JSON for each note, the same as HTML,
// the files that are attached to notes, and the list of all labels.
import { t } from "../account/text";
import type { ImportedNote } from "./imported_note";
import { isObject, objects, text } from "./json_value";

/** Returns the note in a file of JSON and the names of the files that are attached to it, or null. */
export function keepNote(value: unknown, path: string): { note: ImportedNote; attachments: string[] } | null {
  if (!isObject(value) || typeof value["isTrashed"] !== "boolean" || !("userEditedTimestampUsec" in value)) return null;
  const list = objects(value["listContent"]).map((item) => `- [${item["isChecked"] === true ? "x" : " "}] ${text(item["text"])}`);
  const written = [text(value["textContent"]), ...list].filter(Boolean).join("\n");
  const links = objects(value["annotations"]).map((link) => text(link["url"])).filter((link) => link && !written.includes(link));
  const attachments = objects(value["attachments"]).map((file) => text(file["filePath"])).filter(Boolean);
  const archived = value["isArchived"] === true;
  const note = {
    title: text(value["title"]),
    body: [written, ...links, attachments.map((name) => `📎 ${name}`).join("\n")].filter(Boolean).join("\n\n"),
    tags: [...(archived ? [t("importArchiveTag")] : []), ...objects(value["labels"]).map((label) => text(label["name"]))],
    pinned: value["isPinned"] === true,
    trashed: value["isTrashed"],
    archived,
    attachments: attachments.length,
    changed: Number(value["userEditedTimestampUsec"]) / 1000 || 0,
    path,
  };
  return { note, attachments };
}

const nameless = (path: string) => path.replace(/\.\w+$/, "");

/** The folder of an export: what its files of JSON say about the files beside them. */
export class KeepFolder {
  #notes = new Set<string>();
  #attachments = new Set<string>();

  constructor(private readonly folder: string) {}

  add(path: string, attachments: string[]): void {
    this.#notes.add(nameless(path));
    for (const name of attachments) this.#attachments.add(nameless(this.folder + name)); // a .jpeg is often called .jpg there
  }

  /** Reports whether a file has only what the files of JSON say, too: a note as HTML, the labels, or Takeout's own index. */
  repeats(path: string): boolean {
    return path === this.folder + "Labels.txt" || path === this.folder.replace(/[^/]*\/$/, "") + "archive_browser.html" || (/\.html$/i.test(path) && this.#notes.has(nameless(path)));
  }

  /** Reports whether a file is attached to a note. */
  attaches(path: string): boolean {
    return this.#attachments.has(nameless(path));
  }
}
