// What this browser keeps of the last import, so that it can be undone after the page is loaded again: the ids of its notes, in the account
// origin's IndexedDB. Signing out deletes that database (session/content_key.ts).
import { load, remove, save } from "../../../widget/src/store";

const name = "last import";

/** How long it is offered to undo an import. */
const lifetime = 24 * 3600 * 1000;

interface LastImport {
  /** The account id of the person. */
  viewer: string;
  /** When its last note was sent, in milliseconds. */
  at: number;
  ids: string[];
}

/** Saves the ids of the notes that a person has imported. Without any, it forgets the last import. */
export function saveImport(viewer: string, ids: string[]): Promise<void> {
  return ids.length ? save(name, { viewer, at: Date.now(), ids } satisfies LastImport) : remove(name);
}

/** Returns the ids of the notes of a person's last import. It forgets an import of another person, and one of more than a day ago. */
export async function lastImport(viewer: string): Promise<string[]> {
  const last = await load<LastImport>(name);
  if (!last) return [];
  if (last.viewer === viewer && Date.now() - last.at < lifetime) return last.ids;
  await remove(name);
  return [];
}
