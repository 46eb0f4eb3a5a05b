// How the account page reads and writes notes. For an account that is end-to-end encrypted, encryption/account_notes.ts replaces it.
import type { Change } from "../../../widget/src/core/note";
import { request } from "../graphql/request";
import type { SiteNote } from "./note";

interface NoteRequests {
  request: typeof request;
  /** Returns a change with a note that can be read. */
  read(change: Change<SiteNote>): Promise<Change<SiteNote>>;
}

export const noteRequests: NoteRequests = { request, read: async (change) => change };
