// The drafts of the account page: the widget's own (widget/src/core/draft.ts), saved over the account's session.
import { Draft, type Backend } from "../../../widget/src/core/draft";
import type { Content, Note } from "../../../widget/src/core/note";
import { isTemporary, Problem } from "../../../widget/src/core/problem";
import { RefusedError, UnreachableError } from "../http/post";
import { explainError } from "../passkey/errors";
import { RESTORE, TRASH, UPDATE } from "./documents";
import type { SiteNote } from "./note";
import { noteRequests } from "./note_requests";

export type SiteDraft = Draft<SiteNote>;

/** The drafts that are not saved yet, by the ids of their notes. A draft outlives the visit of its note's page. */
const unsaved = new Map<string, { draft: SiteDraft; backend: AccountBackend }>();

/** Returns the draft of a note, the unsaved one if there is one. `changed` is called when it has something new to show. */
export function draftOf(note: SiteNote, changed: () => void): SiteDraft {
  const known = unsaved.get(note.id);
  if (known) {
    known.backend.show = changed;
    return known.draft;
  }
  const backend = new AccountBackend(note.id, changed);
  return new Draft<SiteNote>(backend, note);
}

/** AccountBackend saves one draft at the API, and tries again after a failure that may pass. */
class AccountBackend implements Backend<SiteNote> {
  readonly owner = "";
  #id: string;
  #draft: SiteDraft | undefined;
  #wait = 1000;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    id: string,
    public show: () => void,
  ) {
    this.#id = id;
  }

  /** Nothing is created here: a note that is gone stays gone, and its text stays on the page. */
  async create(): Promise<SiteNote> {
    throw new Problem("NOT_FOUND", this.#draft?.problem?.message);
  }

  async update(id: string, version: number, { title, body, tags, pinned }: Content): Promise<SiteNote> {
    return this.#sendJSON(async () => (await noteRequests.request(UPDATE, { input: { id, version, title, body, tags, pinned } })).updateNote.note);
  }

  async move(id: string, trashed: boolean): Promise<SiteNote> {
    return this.#sendJSON(async () => (trashed ? (await noteRequests.request(TRASH, { id })).trashNote.note : (await noteRequests.request(RESTORE, { id })).restoreNote.note));
  }

  onChange(draft: SiteDraft): void {
    this.#draft = draft;
    if (draft.dirty || draft.theirs) unsaved.set(this.#id, { draft, backend: this });
    else unsaved.delete(this.#id);
    this.show();
  }

  onFailure({ code }: Problem): void {
    if (!isTemporary(code)) return;
    this.#wait = Math.min(this.#wait * 2, 60_000);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#draft?.save(), this.#wait * (0.5 + Math.random()));
  }

  async #sendJSON(act: () => Promise<SiteNote>): Promise<SiteNote> {
    clearTimeout(this.#timer);
    try {
      const note = await act();
      this.#wait = 1000;
      return note;
    } catch (error) {
      throw problemOf(error);
    }
  }
}

/** Returns what a request threw as a Problem, with a sentence for the person as its message. */
function problemOf(error: unknown): Problem {
  const { message } = explainError(error);
  if (error instanceof UnreachableError) return new Problem("network", message);
  if (error instanceof RefusedError) return new Problem(error.code, message, error.detail.current as Note | undefined);
  return new Problem("unknown", message); // the browser's own, such as a passkey prompt that was closed
}
