// The export of an account that is end-to-end encrypted, made in the browser: the same files as the server's (db/archive.go).
import { readNote } from "../../../widget/src/encryption/note_input";
import type { NoteText } from "../../../widget/src/encryption/sealed_note";
import { deriveTenantKey, importTenantKey } from "../../../widget/src/encryption/tenant_key";
import type { Page } from "../../../widget/src/core/note";
import { Problem, problemOf } from "../../../widget/src/core/problem";
import type { SiteNote } from "../account/note";
import { request } from "../graphql/request";
import { contentKeyOf } from "./content_key_store";
import { ALL_NOTES, EXPORTED_ACCOUNT } from "./documents";
import { useFreshPasskey } from "./fresh_key";
import { zip } from "./zip";

/** Returns the zip file. It asks for a passkey first, and throws the Problem `locked` if the notes are locked in this browser. */
export async function exportAccount(): Promise<Blob> {
  const { key } = await useFreshPasskey();
  const root = await contentKeyOf(key.handle);
  if (!root) throw new Problem("locked");
  const { viewer } = await request(EXPORTED_ACCOUNT);
  const notes = [];
  for (const trashed of [false, true]) {
    for (let after: string | null = null; ; ) {
      const page: Page<SiteNote & { createdAt: string }> = (await request(ALL_NOTES, { trashed, after })).notes;
      for (const { node } of page.edges) notes.push(await exported(node, root));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
  }
  const files = new Map([["account.json", json(viewer)], ["notes.json", json(notes)]]);
  for (const note of notes) files.set(pathOf(note, files), markdown(note));
  return zip(files);
}

interface ExportedNote extends NoteText {
  id: string;
  tenantId: string;
  tenant: string;
  pinned: boolean;
  version: number;
  createdAt: string;
  updatedAt: string;
  trashedAt: string | null;
  /** The encrypted text, if it does not open. */
  sealed?: string | null;
}

async function exported(note: SiteNote & { createdAt: string }, root: CryptoKey): Promise<ExportedNote> {
  const { id, tenant, pinned, version, createdAt, updatedAt, trashedAt, sealed } = note;
  const rest = { pinned, version, createdAt, updatedAt, trashedAt };
  const head = { id, tenantId: tenant.id, tenant: tenant.name };
  try {
    const { title, body, tags, context } = await readNote(note, await importTenantKey(await deriveTenantKey(root, tenant.id)), id, tenant.id);
    return { ...head, title, body, tags, ...(context && { context }), ...rest };
  } catch (thrown) {
    if (!/^(damaged|newer)$/.test(problemOf(thrown).code)) throw thrown;
    return { ...head, title: "", body: "", tags: [], ...rest, sealed };
  }
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

/** Returns the body after a front matter with the other fields. Their JSON is also YAML. */
function markdown({ body, ...fields }: ExportedNote): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `---\n${lines.join("\n")}\n---\n\n${body}`;
}

/** Returns a path that no file has yet, of characters that every file system accepts. */
export function pathOf({ title, tenant }: { title: string; tenant: string }, taken: ReadonlyMap<string, unknown>): string {
  const [folder, name] = [tenant, title].map((text) => text.normalize("NFC").replace(/[\0-\x1f\x7f<>:"/\\|?*]/g, " ").replace(/^[. ]+|[. ]+$/g, "").replace(/^([^]{60})[^]+/u, "$1") || "note");
  const used = new Set([...taken.keys()].map((path) => path.toLowerCase()));
  for (let n = 1; ; n++) {
    const path = `notes/${folder}/${name}${n > 1 ? ` ${n}` : ""}.md`;
    if (!used.has(path.toLowerCase())) return path;
  }
}
