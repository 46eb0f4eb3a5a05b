// The page that shows this frame, if it names itself (attribute `context`). A new note is kept with its page.
import { host } from "./config";
import type { NoteContext } from "./core/note";
import { clean } from "./core/text";

/** The page; null if it does not name itself. */
export let page: NoteContext | null = null;

/**
 * Takes over what a message says of the page, and returns whether that is another page than before. A URL that is not at the origin
 * that may show this frame is dropped.
 */
export function readPage({ context, page: at }: { context?: string | null; page?: string[] | null }): boolean {
  const before = page?.id;
  const [title, url] = at ?? [];
  const id = clean(`${context ?? ""}`);
  page = id && id.length <= 200 ? { id, title: `${title}`, url: `${url}`.startsWith(host + "/") ? url!.split("#")[0]! : "" } : null;
  return page?.id !== before;
}
