// The formats that are imported: our own export, Google Keep's, Simplenote's, and files of Markdown or text.
import { withinLimits, type ImportedNote, type Skipped } from "./imported_note";
import { textOf, type SourceFile } from "./source_file";

export interface Parsed {
  notes: ImportedNote[];
  skipped: Skipped[];
}

/** Returns the notes in files. What a file says twice, such as our export in JSON and in Markdown, is imported once. */
export function parseFiles(files: SourceFile[]): Parsed {
  const parsed: Parsed = { notes: [], skipped: [] };
  const add = (note: ImportedNote) => {
    const fitting = withinLimits(note);
    if (typeof fitting === "string") parsed.skipped.push({ path: note.path, reason: fitting });
    else parsed.notes.push(fitting);
  };
  const texts: SourceFile[] = [];
  const lists: { folder: string; own: boolean }[] = [];
  for (const file of files) {
    if (!/\.json$/i.test(file.path)) {
      texts.push(file);
      continue;
    }
    const value = parseJSON(textOf(file.bytes));
    const own = ownNotes(value, file.path);
    const simplenote = simplenoteNotes(value, file.path);
    const keep = keepNote(value, file.path);
    if (own ?? simplenote) lists.push({ folder: folderOf(file.path), own: own !== null });
    if (own) own.forEach(add);
    else if (simplenote) simplenote.forEach(add);
    else if (keep) add(keep);
    else if (value === undefined) parsed.skipped.push({ path: file.path, reason: "damaged" });
    else if (!isAccount(value)) parsed.skipped.push({ path: file.path, reason: "type" });
  }
  for (const file of texts) {
    // Beside notes.json, these have the same notes: below notes/ in our export, above source/ in Simplenote's.
    const twin = lists.some(({ folder, own }) => (own ? file.path.startsWith(folder + "notes/") : file.path.startsWith(folder.replace(/source\/$/, "")) && /\.txt$/i.test(file.path)));
    if (twin) continue;
    const text = textOf(file.bytes);
    if (text === null) parsed.skipped.push({ path: file.path, reason: "damaged" });
    else add(textNote(text, file.path));
  }
  parsed.notes.sort((a, b) => a.changed - b.changed); // so that the last one is the newest here, too
  return parsed;
}

/** Returns undefined for what is no JSON. */
function parseJSON(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === "string" ? value : "");
const texts = (value: unknown) => (Array.isArray(value) ? value.filter((one) => typeof one === "string") : []);
const time = (value: unknown) => Date.parse(text(value)) || 0;

/** account.json of our own export, beside notes.json. */
const isAccount = (value: unknown) => isObject(value) && "displayName" in value;

/** Returns the notes in notes.json of our own export (db/archive.go), or null. */
function ownNotes(value: unknown, path: string): ImportedNote[] | null {
  if (!Array.isArray(value) || !value.every((one) => isObject(one) && typeof one["tenantId"] === "string" && "body" in one)) return null;
  return (value as Fields[]).map((note) => ownNote(note, text(note["body"]), path));
}

function ownNote(note: Fields, body: string, path: string): ImportedNote {
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

/** Returns the notes in source/notes.json of an export from Simplenote, or null. */
function simplenoteNotes(value: unknown, path: string): ImportedNote[] | null {
  if (!isObject(value) || !Array.isArray(value["activeNotes"])) return null;
  const read = (list: unknown, trashed: boolean) =>
    (Array.isArray(list) ? list.filter(isObject) : []).map((note): ImportedNote => {
      const [title = "", ...rest] = text(note["content"]).split(/\r?\n/); // the first line is the title there
      return { title, body: rest.join("\n").replace(/^\n+/, ""), tags: texts(note["tags"]), pinned: note["pinned"] === true, trashed, changed: time(note["lastModified"]), path };
    });
  return [...read(value["activeNotes"], false), ...read(value["trashedNotes"], true)];
}

/** Returns the note in a file of Google Keep's, from Google Takeout, or null. */
function keepNote(value: unknown, path: string): ImportedNote | null {
  if (!isObject(value) || typeof value["isTrashed"] !== "boolean" || !("userEditedTimestampUsec" in value)) return null;
  const items = Array.isArray(value["listContent"]) ? value["listContent"].filter(isObject) : [];
  const list = items.map((item) => `- [${item["isChecked"] === true ? "x" : " "}] ${text(item["text"])}`);
  const links = (Array.isArray(value["annotations"]) ? value["annotations"].filter(isObject) : []).map((link) => text(link["url"]));
  const written = [text(value["textContent"]), ...list].filter(Boolean).join("\n");
  const body = [written, ...links.filter((link) => link && !written.includes(link))].filter(Boolean).join("\n\n");
  const labels = Array.isArray(value["labels"]) ? value["labels"].filter(isObject).map((label) => text(label["name"])) : [];
  return {
    title: text(value["title"]),
    body,
    tags: labels,
    pinned: value["isPinned"] === true,
    trashed: value["isTrashed"],
    changed: Number(value["userEditedTimestampUsec"]) / 1000 || 0,
    path,
  };
}

/** Returns the note in a file of Markdown or text. Its name is the title, unless a front matter has one. */
function textNote(content: string, path: string): ImportedNote {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
  const [, head, body] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n(?:\r?\n)?([\s\S]*)$/.exec(content) ?? [];
  const fields = head === undefined ? null : frontMatter(head);
  if (!fields) return { title: content.trim() ? name : "", body: content, tags: [], pinned: false, trashed: false, changed: 0, path };
  return { ...ownNote(fields, body!, path), title: "title" in fields ? String(fields["title"] ?? "") : name };
}

/** Reads a front matter: lines of names and values, as JSON or as plain YAML. Null for anything else. */
function frontMatter(head: string): Fields | null {
  const fields: Fields = {};
  let list: string[] | null = null;
  for (const line of head.split(/\r?\n/)) {
    if (!line.trim() || line.startsWith("#")) continue;
    const item = /^\s*- (.+)$/.exec(line);
    if (item && list) {
      list.push(plain(item[1]!) as string);
      continue;
    }
    const [, name, value] = /^([\w-]+):(?: (.*))?$/.exec(line) ?? [];
    if (!name) return null;
    list = value?.trim() ? null : [];
    fields[name] = list ?? plain(value!);
  }
  if (typeof fields["tags"] === "string") fields["tags"] = fields["tags"].split(",");
  return fields;
}

function plain(value: string): unknown {
  const trimmed = value.trim();
  const json = parseJSON(trimmed);
  if (json !== undefined) return typeof json === "number" ? trimmed : json;
  const flow = /^\[(.*)\]$/.exec(trimmed);
  if (flow) return flow[1]!.split(",").map((one) => one.trim().replace(/^(['"])(.*)\1$/, "$2"));
  return trimmed.replace(/^'(.*)'$/, "$1");
}
