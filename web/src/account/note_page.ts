// A page of notes, as the lists show it.
import { pageSize } from "../../../widget/src/core/note";
import { NOTES, type NoteFilter } from "./documents";
import type { SiteNote } from "./note";
import { noteRequests } from "./note_requests";

interface Part {
  found: SiteNote[];
  /** Whether notes may follow. */
  more: boolean;
  /** Whether the page is full, or nothing follows. */
  full: boolean;
  /** Where it ends. */
  end: string | null;
}

/** Reads a page of the notes that fit a filter. One that comes short is followed by the next one until it is full. */
export async function* readPage(filter: NoteFilter, after: string | null): AsyncGenerator<Part> {
  for (let missing = pageSize; missing > 0; ) {
    const { notes } = await noteRequests.request(NOTES, { after, filter });
    const found = notes.edges.map(({ node }) => node);
    const { hasNextPage: more, endCursor: end } = notes.pageInfo;
    after = end;
    missing = more ? missing - found.length : 0;
    yield { found, more, full: missing <= 0, end };
  }
}
