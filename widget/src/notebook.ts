// The notes of one signed-in person on this page: the list, the search, the trash and the open note. Every change shows at once
// and is saved afterwards: until then it is in a draft.
import type { VNode } from "preact";
import { config, t } from "./config";
import * as operations from "./documents.graphql";
import { Draft, type Backend } from "./core/draft";
import { request } from "./graphql";
import { reportError } from "./host";
import { loadExtras } from "./lazy";
import { LiveChanges } from "./live_changes";
import { byPinnedThenNewest, contains, pageSize, type Change, type Content, type Note, type NoteContext, type Page } from "./core/note";
import { page } from "./page";
import type { Undoing } from "./core/replacement";
import type { Listener, Toast } from "./notebook_listener";
import type { Viewer, Session } from "./session";
import { Outbox } from "./outbox";
import { isTemporary, Problem, problemOf } from "./core/problem";
import { explainProblem } from "./explanation";

/** NotebookExtras is what a notebook needs from the extras. */
export interface NotebookExtras {
  suggest(notebook: Notebook): Promise<void>;
}

/** Encryption is what a notebook needs of end-to-end encryption, a module that is loaded with its texts (encryption.ts). */
interface Encryption {
  /** Makes a notebook seal and open notes, and returns the first page opened. */
  open(notebook: Notebook, session: Session, viewer: Viewer, page: Page): Promise<Page>;
}

/** Notebook holds the notes of a session. */
export class Notebook implements Backend {
  viewer: Viewer | null = null;
  notes: Note[] = [];
  /** "following": what there is so far is in sight, and the server is asked for the rest of the page. */
  state: "loading" | "following" | "ready" | "failed" = "loading";
  reason = "";
  search = "";
  /** The tag of the notes that are shown; "" for all notes. */
  tag = "";
  trash = false;
  draft: Draft | null = null;
  /** Whether the open note is shown as formatted text. */
  formatted = false;
  toast: Toast | null = null;
  /** The id of the note in the trash for which a confirmation is shown. */
  confirmingDelete: string | null = null;
  /** The cursor of the next page; null if there is none. */
  cursor: string | null = null;
  owner: string;
  /** Says who can read end-to-end encrypted notes, or how to unlock them. */
  declare banner?: (app: { signIn(): Promise<void> }) => VNode;

  #session: Session;
  #listener: Listener;
  /** All drafts that this page has not saved, from earlier sessions, too. */
  #unsaved: Set<Draft>;
  #outbox: Outbox | undefined;
  #live: LiveChanges | undefined;
  #ended = false;
  #loadNumber = 0;
  #timer = 0;
  /** How long to wait before the next retry; 0 while nothing fails. */
  #pause = 0;
  #retryTimer = 0;
  /** The last failure with a Retry-After, and when that time is over. */
  #refusal: Problem | undefined;
  #waitUntil = 0;
  #loadedAt = 0;

  constructor(session: Session, unsaved: Set<Draft>, on: Listener) {
    this.#session = session;
    this.#unsaved = unsaved;
    this.#listener = on;
    this.owner = session.viewer ?? "";
    if (this.owner && !(END_TO_END && session.sealed)) void this.#restoreDrafts();
  }

  /** The drafts of this notebook that are not saved yet. */
  get unsaved(): Draft[] {
    return [...this.#unsaved].filter(({ backend }) => backend === this);
  }

  /** The notes to show. During a search, those of the known notes that match it. */
  get visibleNotes(): Note[] {
    return /ready|following/.test(this.state) ? this.notes : this.notes.filter((note) => contains(note, this.search.trim()));
  }

  /** The tags to choose from: those of the loaded notes. */
  get tags(): string[] {
    return [...new Set(this.notes.flatMap(({ tags }) => tags))].slice(0, 12);
  }

  /** Runs an operation as request does. End-to-end encryption replaces it. */
  request<T>(operation: string, variables: object): Promise<T> {
    return request(this.#session, operation, variables);
  }

  /** Loads the first page of the list, or the next one. After a short page it requests the next one, until the page is full. */
  async load(next = false): Promise<void> {
    clearTimeout(this.#timer);
    const more = next;
    const number = ++this.#loadNumber; // only the answer to the latest question counts
    // A failure stays on the screen until a retry succeeds.
    if (this.state !== "failed") this.state = "loading";
    this.#listener.paint();
    const filter = { trashed: this.trash, search: this.search.trim() || undefined, tag: this.tag || undefined };
    try {
      for (let missing = pageSize, after = next ? this.cursor : null; missing > 0; after = this.cursor, next = true) {
        let { viewer, notes } = await this.request<{ viewer?: Viewer; notes: Page }>(this.viewer ? operations.Notes : operations.Home, { filter, after });
        if (END_TO_END && viewer?.sealing! < "S") { // any but SERVER
          await loadExtras(); // with texts that it needs, too
          // The file has the name of the extras, but for one word (widget/build/target.go).
          notes = await ((await import(config.extras.replace("extras", "encryption"))) as Encryption).open(this, this.#session, viewer!, notes);
        }
        if (viewer && !this.#ended) {
          this.viewer = viewer; // of any question, since only the first answer names the person
          this.owner = viewer.id;
          this.#listener.onViewer(viewer);
          void this.#restoreDrafts();
        }
        if (number !== this.#loadNumber) return;
        const nodes = notes.edges.map((edge) => edge.node);
        const known = new Set(nodes.map((note) => note.id));
        this.notes = next ? [...this.notes.filter((note) => !known.has(note.id)), ...nodes] : nodes;
        this.cursor = notes.pageInfo.hasNextPage ? notes.pageInfo.endCursor : null;
        missing = this.cursor ? missing - nodes.length : 0;
        this.state = missing > 0 ? "following" : "ready";
        this.#loadedAt = Date.now();
        for (const draft of this.unsaved) if (known.has(draft.pending.id) || !(this.search || this.tag)) this.#insert(draft.note, draft.pending.trashed);
        this.#listener.paint();
      }
      // The notes of this page that are further down, the newest hundred.
      if (!page || !this.cursor || more) return;
      const here = { ...filter, context: page.id };
      for (let missing = 100, after: string | null = null; missing > 0; ) {
        const { notes }: { notes: Page } = await this.request(operations.Notes, { filter: here, after });
        if (number !== this.#loadNumber) return;
        for (const { node } of notes.edges) if (!this.unsavedDraft(node)) this.#insert(node, this.trash);
        this.#listener.paint();
        if (!notes.pageInfo.hasNextPage) return;
        after = notes.pageInfo.endCursor;
        missing -= notes.edges.length;
      }
    } catch (thrown) {
      if (number === this.#loadNumber) this.#showFailure(thrown);
    }
  }

  setSearch(text: string): void {
    this.search = text;
    this.#loadNumber++; // the rest of an earlier answer is not needed any more
    if (this.state !== "failed") this.state = "loading";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), 250);
    this.#listener.paint();
  }

  /** Shows the notes with the tag; all notes if those are shown already. */
  toggleTag(tag: string): void {
    this.tag = tag === this.tag ? "" : tag;
    this.notes = this.notes.filter(({ tags }) => !this.tag || tags.includes(this.tag));
    void this.load();
  }

  /** Switches between formatted text and source of the open note. */
  toggleFormatted(): void {
    this.formatted = !this.formatted;
    this.#listener.paint();
  }

  async showTrash(trash: boolean): Promise<void> {
    this.#setDraft(null);
    this.cursor = null;
    [this.trash, this.search, this.tag, this.notes] = [trash, "", "", []];
    await this.load();
  }

  /** Returns the unsaved draft of a note. If two pages have left one each, the one in conflict comes first. */
  unsavedDraft(note: Note | null): Draft | undefined {
    const drafts = this.unsaved.filter(({ pending }) => pending.id === note?.id);
    return drafts.find(({ theirs }) => theirs) ?? drafts[0];
  }

  /** Opens a note; a new one for null. */
  open(note: Note | null): void {
    if (this.trash) void this.showTrash(false);
    const draft = this.unsavedDraft(note) ?? new Draft(this, note);
    if (!note && page) draft.pending.context = page;
    this.formatted &&= !!note;
    this.#setDraft(draft);
    this.#listener.paint();
    if (!note) return;
    // The list may be old. Fetching the note avoids a conflict.
    this.request<{ note: Note | null }>(operations.Note, { id: note.id }).then(
      ({ note }) => note && draft.refresh(note),
      (thrown) => problemOf(thrown).code === "gone" && this.#listener.onSessionEnded(),
    );
  }

  /** Closes the open note. */
  close(): void {
    const { draft } = this;
    this.#setDraft(null);
    this.#listener.paint();
    (document.getElementById("note-" + draft?.pending.id) ?? document.getElementById("new"))?.focus();
  }

  /** Saves the open note and moves it to the trash. */
  trashOpenNote(): void {
    const draft = this.draft!;
    if (!draft.pending.base && !draft.dirty) return this.close();
    this.#setDraft(null);
    draft.trash(true);
    this.showToast(t("trashed"), () => () => this.restore(draft.note));
  }

  /** Takes a note out of the trash. */
  restore(note: Note): void {
    (this.unsavedDraft(note) ?? new Draft(this, note)).trash(false);
    this.showToast(t("restored"));
  }

  /** Deletes the note for good and shows the text `deleted`. */
  async deleteForGood(id: string, deleted: string): Promise<void> {
    try {
      await this.#mutate(operations.Delete, { id });
      this.#remove(id);
      this.showToast(deleted);
    } catch (thrown) {
      this.#showFailure(thrown);
    }
  }

  /** Shows a line about what just happened. Undo gets the focus, since the button that was used may be gone, unless the person writes. */
  showToast(text: VNode | string, undo?: Undoing, focus = true): void {
    this.toast = { text, undo };
    this.#listener.paint();
    if (undo && focus) document.getElementById("undo")?.focus();
  }

  /** Retries what failed, and reloads a list that may be old. */
  async retry(): Promise<void> {
    if (this.viewer) void this.#restoreDrafts();
    if (this.state === "failed" || Date.now() - this.#loadedAt > 60_000) void this.load();
    await this.flush();
  }

  /** Saves all drafts now. */
  async flush(): Promise<void> {
    clearTimeout(this.#retryTimer);
    for (const draft of this.unsaved) {
      await draft.save();
      if (!draft.dirty || !/offline|waiting/.test(draft.status)) continue;
      // The next one would fail as well. If only this one fails, the others are first next time.
      if (this.#unsaved.delete(draft)) this.#unsaved.add(draft);
      break;
    }
  }

  async create(id: string, content: Content, context?: NoteContext): Promise<Note> {
    const { note } = await this.#mutate<{ note: Note }>(operations.Create, { input: { id, ...content, context } });
    void loadExtras<NotebookExtras>().then(({ suggest }) => suggest(this)).catch(() => {});
    return note;
  }

  async update(id: string, version: number, content: Content): Promise<Note> {
    return (await this.#mutate<{ note: Note }>(operations.Update, { input: { id, version, ...content } })).note;
  }

  async move(id: string, trashed: boolean): Promise<Note> {
    return (await this.#mutate<{ note: Note }>(trashed ? operations.Trash : operations.Restore, { id })).note;
  }

  onChange(draft?: Draft): void {
    if (draft) {
      if (draft.dirty) this.#unsaved.add(draft);
      else this.#unsaved.delete(draft);
      void this.#store(draft);
      // An empty draft is not a note yet.
      if (draft.pending.base || draft.dirty) this.#insert(draft.note, draft.pending.trashed);
    }
    this.#listener.paint();
  }

  onFailure(problem: Problem): void {
    const { code, wait } = problem;
    if (code === "gone") return this.#listener.onSessionEnded();
    if (!this.#pause || !isTemporary(code)) reportError(code);
    if (!isTemporary(code) || this.#ended) return;
    if (problem !== this.#refusal) {
      this.#pause = Math.min(this.#pause * 2 || 1000, code === "network" ? 10_000 : 60_000);
      if (wait) {
        this.#refusal = problem;
        this.#waitUntil = Date.now() + wait;
      }
    }
    clearTimeout(this.#retryTimer);
    // With jitter: after an outage, not all pages may retry at once.
    const left = Math.max(this.#waitUntil - Date.now(), 0);
    this.#retryTimer = setTimeout(() => void this.retry(), Math.max(this.#pause * (0.5 + Math.random()), left * (1 + Math.random() / 4)));
  }

  /** Applies a change that was made elsewhere, unless the note is being edited here: saving it will find the conflict. */
  applyChange({ id, note }: Change): void {
    const draft = this.unsaved.find(({ pending }) => pending.id === id) ?? (this.draft?.pending.id === id ? this.draft : undefined);
    if (note && draft) draft.refresh(note);
    else if (note) this.#insert(note, !!note.trashedAt);
    else if (!draft) this.#remove(id);
    this.#listener.paint();
  }

  /** Ends the notebook: its session is over, or another one has begun. */
  end(): void {
    this.#ended = true;
    this.#loadNumber++;
    this.#live?.stop();
    clearTimeout(this.#retryTimer);
  }

  /** Saves the open note and opens another draft, or none. */
  #setDraft(draft: Draft | null): void {
    void this.draft?.save();
    this.draft = draft;
    this.toast = null;
  }

  /** Takes over the unsaved drafts of this person, from an earlier session on this page or from a page that was closed. */
  async #restoreDrafts(): Promise<void> {
    for (const draft of this.#unsaved) {
      if (draft.backend === this || draft.backend.owner !== this.owner) continue;
      this.#attach(draft);
      if (!draft.pending.trashed) this.draft ??= draft;
      this.showToast(t("back"));
    }
    if (!this.#outbox) {
      this.#outbox = new Outbox(this.owner);
      if (!this.#ended) this.#live = new LiveChanges(this, this.#session);
      this.unsaved.forEach((draft) => void this.#store(draft));
    }
    for (const [key, pending] of await this.#outbox.restore()) {
      if (![...this.#unsaved].some((draft) => draft.key === key)) this.#attach(new Draft(this, null, key, pending));
    }
  }

  /** Stores an unsaved draft for a later page. Nothing waits for it. */
  async #store(draft: Draft): Promise<void> {
    const kept = !!(await this.#outbox?.save(draft.key, draft.dirty ? draft.pending : null));
    if (kept === draft.stored) return;
    draft.stored = kept;
    this.#listener.paint();
  }

  #attach(draft: Draft): void {
    draft.backend = this;
    this.onChange(draft);
    void draft.save();
  }

  async #mutate<T>(document: string, variables: object): Promise<T> {
    // Before the first answer, the notebook does not seal yet, and would send plain text.
    if (END_TO_END && this.#session.sealed && !this.viewer) throw new Problem("network");
    if (this.#refusal && Date.now() < this.#waitUntil) throw this.#refusal;
    const { payload } = await this.request<{ payload: T }>(document, variables);
    // If one request succeeds, the others will.
    if (this.#pause) setTimeout(() => void this.retry());
    this.#pause = this.#waitUntil = 0;
    return payload;
  }

  #showFailure(thrown: unknown): void {
    const problem = problemOf(thrown);
    this.state = "failed";
    this.reason = explainProblem(problem);
    this.#listener.paint();
    this.onFailure(problem);
  }

  /** Inserts a note into the list, unless it belongs to the other list. */
  #insert(note: Note, trashed: boolean): void {
    this.#remove(note.id);
    if (trashed === this.trash) this.notes = [note, ...this.notes].sort(byPinnedThenNewest);
  }

  #remove(id: string): void {
    this.confirmingDelete = null;
    this.notes = this.notes.filter((note) => note.id !== id);
  }
}
