// The notes of one signed-in person on this page: the list, the search, the trash and the note that is open. Every act shows
// at once and is saved then: what is not saved yet is in a draft, and a draft ends with being saved.
import { t } from "./config";
import * as operations from "./documents.graphql";
import { Draft, type Shelf } from "./draft";
import { request } from "./graphql";
import { reportError } from "./host";
import { Live } from "./live";
import { byPinnedThenNewest, holds, pageSize, type Content, type Note, type Page, type Viewer } from "./note";
import type { Session } from "./session";
import { Outbox } from "./outbox";
import { passes, Problem, problemOf, sentence } from "./problem";

/** A line about what just happened, with a way back where there is one. */
export interface Toast {
  text: string;
  undo?: (() => void) | undefined;
}

/** What the server tells of a change; no note where it is gone for good. */
export interface Change {
  id: string;
  note: Note | null;
}

/** What a notebook tells whoever shows it. */
export interface Listener {
  paint(): void;
  /** The first answer says who this is. */
  met(viewer: Viewer): void;
  /** The session has ended under our hands. */
  gone(): void;
}

export class Notebook implements Shelf {
  viewer: Viewer | null = null;
  notes: Note[] = [];
  /** "following": what there is so far is in sight, and the server is asked for the rest of the page. */
  state: "loading" | "following" | "ready" | "failed" = "loading";
  reason = "";
  search = "";
  /** The tag that the notes in sight have; "" for all notes. */
  tag = "";
  trash = false;
  draft: Draft | null = null;
  /** Whether the open note is shown as formatted text. */
  formatted = false;
  toast: Toast | null = null;
  /** The note in the trash about which we ask whether it should really go. */
  doomed: string | null = null;
  /** Where the next page begins; null on the last one. */
  cursor: string | null = null;
  owner: string;

  #session: Session;
  #on: Listener;
  /** Whatever this page has not saved, by whomever: an earlier session's is here, too. */
  #unsaved: Set<Draft>;
  #outbox: Outbox | undefined;
  #live: Live | undefined;
  #ended = false;
  #turn = 0;
  #timer = 0;
  /** How long to wait until what failed is tried again; 0 while all goes well. */
  #pause = 0;
  #again = 0;
  /** What a server said that wants to be left alone for a time, and until when. */
  #told: Problem | undefined;
  #restUntil = 0;
  #loaded = 0;

  constructor(session: Session, unsaved: Set<Draft>, on: Listener) {
    this.#session = session;
    this.#unsaved = unsaved;
    this.#on = on;
    this.owner = session.viewer ?? "";
    if (this.owner) void this.#reopen();
  }

  /** The drafts of this notebook that are not saved yet. */
  get unsaved(): Draft[] {
    return [...this.#unsaved].filter(({ shelf }) => shelf === this);
  }

  /** The notes in sight; while the answer to a search is under way, those of them that surely belong to it. */
  get found(): Note[] {
    return /ready|following/.test(this.state) ? this.notes : this.notes.filter((note) => holds(note, this.search.trim()));
  }

  /** The tags to choose from: those of the notes in sight. */
  get tags(): string[] {
    return [...new Set(this.notes.flatMap(({ tags }) => tags))].slice(0, 12);
  }

  /** Loads the list from its beginning, or the next page behind it. A page that comes short is followed by the next one until it is full. */
  async load(next = false): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn; // of two answers, the one to the later question counts
    // What failed is in sight until it doesn't: nobody wants to hear of each try.
    if (this.state !== "failed") this.state = "loading";
    this.#on.paint();
    const filter = { trashed: this.trash, ...(this.search.trim() && { search: this.search.trim() }), ...(this.tag && { tag: this.tag }) };
    try {
      for (let missing = pageSize, after = next ? this.cursor : null; missing > 0; after = this.cursor, next = true) {
        const { viewer, notes } = await request<{ viewer?: Viewer; notes: Page }>(this.#session, this.viewer ? operations.Notes : operations.Home, { filter, after });
        if (turn !== this.#turn) return;
        const nodes = notes.edges.map((edge) => edge.node);
        const known = new Set(nodes.map((note) => note.id));
        this.notes = next ? [...this.notes.filter((note) => !known.has(note.id)), ...nodes] : nodes;
        this.cursor = notes.pageInfo.hasNextPage ? notes.pageInfo.endCursor : null;
        missing = this.cursor ? missing - nodes.length : 0;
        this.state = missing > 0 ? "following" : "ready";
        this.#loaded = Date.now();
        for (const draft of this.unsaved) if (known.has(draft.pending.id) || !(this.search || this.tag)) this.#put(draft.note, draft.pending.trashed);
        if (viewer) {
          this.viewer = viewer;
          this.owner = viewer.id;
          this.#on.met(viewer);
          void this.#reopen();
        }
        this.#on.paint();
      }
    } catch (thrown) {
      if (turn === this.#turn) this.#fail(thrown);
    }
  }

  seek(text: string): void {
    this.search = text;
    this.#turn++; // nobody wants the rest of the answer to what was asked before
    if (this.state !== "failed") this.state = "loading";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), 250);
    this.#on.paint();
  }

  /** Shows the notes that have the tag; all again, if those are shown. */
  choose(tag: string): void {
    this.tag = tag === this.tag ? "" : tag;
    this.notes = this.notes.filter(({ tags }) => !this.tag || tags.includes(this.tag));
    void this.load();
  }

  /** Shows the open note as formatted text, or as it is written. */
  format(): void {
    this.formatted = !this.formatted;
    this.#on.paint();
  }

  async show(trash: boolean): Promise<void> {
    this.#leave(null);
    this.cursor = null;
    [this.trash, this.search, this.tag, this.notes] = [trash, "", "", []];
    await this.load();
  }

  /** What is not saved of a note yet. Of two, which come of two pages, the one that asks something. */
  unsavedOf(note: Note | null): Draft | undefined {
    const drafts = this.unsaved.filter(({ pending }) => pending.id === note?.id);
    return drafts.find(({ theirs }) => theirs) ?? drafts[0];
  }

  /** Opens a note, a new one where none is given. */
  open(note: Note | null): void {
    if (this.trash) void this.show(false);
    const draft = this.unsavedOf(note) ?? new Draft(this, note);
    this.formatted &&= !!note;
    this.#leave(draft);
    this.#on.paint();
    if (!note) return;
    // The list may be old: fetch the note itself, so that writing doesn't begin with a conflict.
    request<{ note: Note | null }>(this.#session, operations.Note, { id: note.id }).then(
      ({ note }) => note && draft.refresh(note),
      (thrown) => problemOf(thrown).code === "gone" && this.#on.gone(),
    );
  }

  /** Closes the open note. */
  close(): void {
    const { draft } = this;
    this.#leave(null);
    this.#on.paint();
    (document.getElementById("note-" + draft?.pending.id) ?? document.getElementById("new"))?.focus();
  }

  /** Moves the open note to the trash, with what was typed last. */
  trashOpen(): void {
    const draft = this.draft!;
    if (!draft.pending.base && !draft.dirty) return this.close();
    this.#leave(null);
    draft.trash(true);
    this.say(t("trashed"), () => this.restore(draft.note));
    document.getElementById("undo")?.focus();
  }

  /** Takes a note out of the trash. */
  restore(note: Note): void {
    (this.unsavedOf(note) ?? new Draft(this, note)).trash(false);
    this.say(t("restored"));
  }

  /** Deletes the note for good and says so. */
  async destroy(id: string, deleted: string): Promise<void> {
    try {
      await this.#mutate(operations.Delete, { id });
      this.#remove(id);
      this.say(deleted);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Shows a line about what just happened. */
  say(text: string, undo?: () => void): void {
    this.toast = { text, undo };
    this.#on.paint();
  }

  /** Tries again what failed for want of a connection, and looks again at what may be old. */
  async retry(): Promise<void> {
    if (this.owner) void this.#reopen();
    if (this.state === "failed" || Date.now() - this.#loaded > 60_000) void this.load();
    await this.flush();
  }

  /** Saves what is not saved yet, now. */
  async flush(): Promise<void> {
    clearTimeout(this.#again);
    for (const draft of this.unsaved) {
      await draft.save();
      if (!draft.dirty || !/offline|waiting/.test(draft.status)) continue;
      // The next one fares no better; but should it be this one alone that the server can't take, the others come first next time.
      if (this.#unsaved.delete(draft)) this.#unsaved.add(draft);
      break;
    }
  }

  async create(id: string, content: Content): Promise<Note> {
    return (await this.#mutate<{ note: Note }>(operations.Create, { input: { id, ...content } })).note;
  }

  async update(id: string, version: number, content: Content): Promise<Note> {
    return (await this.#mutate<{ note: Note }>(operations.Update, { input: { id, version, ...content } })).note;
  }

  async move(id: string, trashed: boolean): Promise<Note> {
    return (await this.#mutate<{ note: Note }>(trashed ? operations.Trash : operations.Restore, { id })).note;
  }


  changed(draft?: Draft): void {
    if (draft) {
      if (draft.dirty) this.#unsaved.add(draft);
      else this.#unsaved.delete(draft);
      void this.#keep(draft);
      // An empty one is no note yet.
      if (draft.pending.base || draft.dirty) this.#put(draft.note, draft.pending.trashed);
    }
    this.#on.paint();
  }

  failed(problem: Problem): void {
    const { code, wait } = problem;
    if (code === "gone") return this.#on.gone();
    if (!this.#pause || !passes(code)) reportError(code);
    if (!passes(code) || this.#ended) return;
    if (problem !== this.#told) {
      this.#pause = Math.min(this.#pause * 2 || 1000, code === "network" ? 10_000 : 60_000);
      if (wait) {
        this.#told = problem;
        this.#restUntil = Date.now() + wait;
      }
    }
    clearTimeout(this.#again);
    // Not all at once, where it was the server that was gone.
    const left = Math.max(this.#restUntil - Date.now(), 0);
    this.#again = setTimeout(() => void this.retry(), Math.max(this.#pause * (0.5 + Math.random()), left * (1 + Math.random() / 4)));
  }

  /** Takes in a change that was made elsewhere; what is being written here has its own way to meet it. */
  hear({ id, note }: Change): void {
    const draft = this.unsaved.find(({ pending }) => pending.id === id) ?? (this.draft?.pending.id === id ? this.draft : undefined);
    if (note && draft) draft.refresh(note);
    else if (note) this.#put(note, !!note.trashedAt);
    else if (!draft) this.#remove(id);
    this.#on.paint();
  }

  /** The session is over, or another one has begun. */
  end(): void {
    this.#ended = true;
    this.#turn++;
    this.#live?.stop();
    clearTimeout(this.#again);
  }

  /** Puts another note, or none, in the place of the open one, which is saved. */
  #leave(draft: Draft | null): void {
    void this.draft?.save();
    this.draft = draft;
    this.toast = null;
  }

  /** Takes in what this person has not saved: on this page in an earlier session, or on a page that is no more. */
  async #reopen(): Promise<void> {
    for (const draft of this.#unsaved) {
      if (draft.shelf === this || draft.shelf.owner !== this.owner) continue;
      this.#back(draft);
      if (!draft.pending.trashed) this.draft ??= draft;
      this.say(t("back"));
    }
    if (!this.#outbox) {
      this.#outbox = new Outbox(this.owner);
      if (!this.#ended) this.#live = new Live(this, this.#session);
      this.unsaved.forEach((draft) => void this.#keep(draft));
    }
    for (const [key, pending] of await this.#outbox.recall()) {
      if (![...this.#unsaved].some((draft) => draft.key === key)) this.#back(new Draft(this, null, key, pending));
    }
  }

  /** Has a later page find what is not saved yet. Nothing waits for it. */
  async #keep(draft: Draft): Promise<void> {
    const kept = !!(await this.#outbox?.keep(draft.key, draft.dirty ? draft.pending : null));
    if (kept === draft.kept) return;
    draft.kept = kept;
    this.#on.paint();
  }

  #back(draft: Draft): void {
    draft.shelf = this;
    this.changed(draft);
    void draft.save();
  }

  async #mutate<T>(document: string, variables: object): Promise<T> {
    if (this.#told && Date.now() < this.#restUntil) throw this.#told;
    const { payload } = await request<{ payload: T }>(this.#session, document, variables);
    // What got through for one gets through for all.
    if (this.#pause) setTimeout(() => void this.retry());
    this.#pause = this.#restUntil = 0;
    return payload;
  }

  #fail(thrown: unknown): void {
    const problem = problemOf(thrown);
    this.state = "failed";
    this.reason = sentence(problem);
    this.#on.paint();
    this.failed(problem);
  }

  /** Puts a note where the list has it, unless it belongs to the other list. */
  #put(note: Note, trashed: boolean): void {
    this.#remove(note.id);
    if (trashed === this.trash) this.notes = [note, ...this.notes].sort(byPinnedThenNewest);
  }

  #remove(id: string): void {
    this.doomed = null;
    this.notes = this.notes.filter((note) => note.id !== id);
  }
}
