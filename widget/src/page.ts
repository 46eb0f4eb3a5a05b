// The page that shows this frame, if it names itself (attribute `context`). A new note is kept with its page.
import { host } from "./config";
import type { NoteContext } from "./core/note";
import { clean } from "./core/text";

/** The page; null if it does not name itself. */
export let page: NoteContext | null = null;

/**
 * Takes over what a message says of the page, and returns whether that is another page than before. A page that has changed its title or
 * URL only stays the same object, so a note that is not saved yet is kept with the latest ones. The API has limits (db/note_context.go): a
 * title is cut, and a URL that is too long, or not at the origin that may show this frame, is dropped.
 */
export function readPage({ context, page: at }: { context?: string | null; page?: string[] | null }): boolean {
  const [title, url] = at ?? [];
  const id = clean(`${context ?? ""}`);
  const address = `${url}`.split("#")[0]!;
  const now = /^.{1,200}$/su.test(id) ? { id, title: /^.{0,200}/su.exec(clean(`${title}`))![0], url: address.startsWith(host + "/") && address.length <= 2000 ? address : "" } : null;
  const moved = now?.id !== page?.id;
  page = moved ? now : now && Object.assign(page!, now);
  return moved;
}
