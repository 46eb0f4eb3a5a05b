// The formats that are imported: our own export, Google Keep's, Simplenote's, and files of Markdown or text.
import { asideNote, asideNotes, isAccount } from "./aside_export";
import { readFrontMatter } from "./front_matter";
import { KeepFolder, keepNote } from "./google_keep";
import { withinLimits, type ImportedNote, type Skipped } from "./imported_note";
import { parseJSON } from "./json_value";
import { simplenoteNotes } from "./simplenote";
import { textOf, type SkippedFile, type SourceFile, type SourceFiles } from "./source_file";

export interface Parsed {
  notes: ImportedNote[];
  skipped: Skipped[];
  /** The files that say again what an export has in its notes.json. */
  repeated: string[];
}

/** Returns the notes in files. What an export says twice, such as ours in JSON and in Markdown, is imported once. */
export function parseFiles({ files, skipped }: SourceFiles): Parsed {
  const exports = new Exports();
  const parsed: Parsed = { notes: [], skipped: [], repeated: [] };
  const skip = (note: Skipped) => parsed.skipped.push(note);
  const add = (note: ImportedNote, title?: string) => {
    const fitting = withinLimits(note);
    if (typeof fitting === "string") skip({ path: note.path, ...(title && { title }), reason: fitting });
    else parsed.notes.push(fitting);
  };
  const ofText: SourceFile[] = [];
  for (const file of files) {
    if (!/\.json$/i.test(file.path)) {
      ofText.push(file);
      continue;
    }
    const { path } = file;
    const value = parseJSON(textOf(file.bytes));
    const list = asideNotes(value, path) ?? simplenoteNotes(value, path);
    const keep = keepNote(value, path);
    if (list) {
      exports.addList(file, list.repeats);
      for (const note of list.notes) {
        if (note) add(note, note.title.trim());
        else skip({ path, reason: "damaged" });
      }
    } else if (keep) {
      exports.addKeep(file, keep.attachments);
      add(keep.note);
    } else if (value === undefined) skip({ path, reason: "damaged" });
    else if (!isAccount(value)) skip({ path, reason: "type" });
  }
  for (const file of ofText) {
    const { path } = file;
    const text = textOf(file.bytes);
    if (exports.keepRepeats(file)) continue;
    const note = text === null ? null : textNote(text, path);
    if (text !== null && exports.listRepeats(file, text)) parsed.repeated.push(path);
    else if (note) add(note);
    else skip({ path, reason: "damaged" });
  }
  for (const file of skipped) {
    if (!exports.keepRepeats(file)) skip({ path: file.path, reason: exports.keepAttaches(file) ? "attachment" : file.reason });
  }
  parsed.notes.sort((a, b) => a.changed - b.changed); // so that the last one is the newest here, too
  return parsed;
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);

type InSource = Pick<SkippedFile, "source" | "path">;

/** The exports among all files. Each covers files of its own source only: another folder or zip file has its own notes. */
class Exports {
  #lists: { source: number; repeats: (content: string) => boolean }[] = [];
  #keep = new Map<string, { source: number; folder: KeepFolder }>();

  addList({ source }: InSource, repeats: (content: string) => boolean): void {
    this.#lists.push({ source, repeats });
  }

  addKeep({ source, path }: InSource, attachments: string[]): void {
    const folder = folderOf(path);
    const key = `${source} ${folder}`;
    if (!this.#keep.has(key)) this.#keep.set(key, { source, folder: new KeepFolder(folder) });
    this.#keep.get(key)!.folder.add(path, attachments);
  }

  /** Reports whether a file of text is a note in the notes.json of the same source. */
  listRepeats({ source }: InSource, content: string): boolean {
    return this.#lists.some((list) => list.source === source && list.repeats(content));
  }

  keepRepeats({ source, path }: InSource): boolean {
    return [...this.#keep.values()].some((keep) => keep.source === source && keep.folder.repeats(path));
  }

  keepAttaches({ source, path }: InSource): boolean {
    return [...this.#keep.values()].some((keep) => keep.source === source && keep.folder.attaches(path));
  }
}

/** Returns the note in a file of Markdown or text, or null as asideNote does. Its name is the title, unless a front matter has one. */
function textNote(content: string, path: string): ImportedNote | null {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
  const { fields, body } = readFrontMatter(content) ?? {};
  if (!fields) return { title: content.trim() ? name : "", body: content, tags: [], pinned: false, trashed: false, changed: 0, path };
  const note = asideNote(fields, body!, path);
  return note && { ...note, title: "title" in fields ? String(fields["title"] ?? "") : name };
}
