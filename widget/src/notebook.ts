// The notes of one signed-in person on this page: the list, the search, the trash and the note that is open.
import { t } from "./config";
import { CREATE, DELETE, HOME, NOTE, NOTES, RESTORE, TRASH, UPDATE } from "./documents";
import { Draft, type Shelf } from "./draft";
import { request } from "./graphql";
import { reportError } from "./host";
import { byPinnedThenNewest, type Content, type Note, type Page, type Viewer } from "./note";
import type { Session } from "./oauth";
import { problemOf, sentence, type Problem } from "./problem";

/** A line about what just happened, with a way back where there is one. */
export interface Toast {
  text: string;
  undo?: (() => void) | undefined;
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
  state: "loading" | "ready" | "failed" = "loading";
  reason = "";
  search = "";
  trash = false;
  draft: Draft | null = null;
  toast: Toast | null = null;
  /** The note in the trash about which we ask whether it should really go. */
  doomed: string | null = null;
  /** Where the next page begins; null on the last one. */
  cursor: string | null = null;

  #session: Session;
  #on: Listener;
  #turn = 0;
  #timer = 0;

  constructor(session: Session, on: Listener) {
    this.#session = session;
    this.#on = on;
  }

  /** Loads the list from its beginning, or the next page behind it. */
  async load(next = false): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn; // of two answers, the one to the later question counts
    this.state = "loading";
    this.#on.paint();
    const filter = { trashed: this.trash, ...(this.search.trim() && { search: this.search.trim() }) };
    const variables = { filter, after: next ? this.cursor : null };
    try {
      const { viewer, notes } = await request<{ viewer?: Viewer; notes: Page }>(this.#session, this.viewer ? NOTES : HOME, variables);
      if (turn !== this.#turn) return;
      const nodes = notes.edges.map((edge) => edge.node);
      const known = new Set(nodes.map((note) => note.id));
      this.notes = next ? [...this.notes.filter((note) => !known.has(note.id)), ...nodes] : nodes;
      this.cursor = notes.pageInfo.hasNextPage ? notes.pageInfo.endCursor : null;
      this.state = "ready";
      if (viewer) this.#on.met((this.viewer = viewer));
      this.#on.paint();
    } catch (thrown) {
      if (turn === this.#turn) this.#fail(thrown);
    }
  }

  find(text: string): void {
    this.search = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), 250);
    this.#on.paint();
  }

  async show(trash: boolean): Promise<void> {
    if (!(await this.#settled())) return;
    this.draft = this.toast = this.cursor = null;
    [this.trash, this.search, this.notes] = [trash, "", []];
    await this.load();
  }

  /** Opens a note, a new one where none is given, once the open one is saved: its text is nowhere else. */
  async open(note: Note | null): Promise<void> {
    if (this.trash) await this.show(false);
    if (!(await this.#settled())) return;
    this.toast = null;
    const draft = (this.draft = new Draft(this, note));
    this.#on.paint();
    if (!note) return;
    // The list may be old: fetch the note itself, so that writing doesn't begin with a conflict.
    request<{ note: Note | null }>(this.#session, NOTE, { id: note.id }).then(
      ({ note }) => note && draft.refresh(note),
      (thrown) => problemOf(thrown).code === "gone" && this.#on.gone(),
    );
  }

  /** Closes the open note once it is saved. */
  async close(): Promise<void> {
    const draft = this.draft;
    if (!(await this.#settled())) return;
    this.draft = null;
    this.#on.paint();
    document.getElementById("note-" + draft?.id)?.focus();
  }

  /** Moves the open note to the trash, with what was typed last. */
  async trashOpen(): Promise<void> {
    const draft = this.draft!;
    await draft.save();
    if (!draft.stored && !draft.dirty) return this.close();
    if (draft.dirty) return;
    await this.#attempt(async () => {
      await this.#mutate(TRASH, { id: draft.id });
      this.#remove(draft.id);
      this.draft = null;
      this.say(t("trashed"), () => void this.restore(draft.id));
      document.getElementById("undo")?.focus();
    });
  }

  async restore(id: string): Promise<void> {
    await this.#attempt(async () => {
      const { note } = await this.#mutate<{ note: Note }>(RESTORE, { id });
      if (this.trash) this.#remove(id);
      else this.#put(note);
      this.say(t("restored"));
    });
  }

  /** Deletes the note for good and says so. */
  async destroy(id: string, deleted: string): Promise<void> {
    await this.#attempt(async () => {
      await this.#mutate(DELETE, { id });
      this.#remove(id);
      this.say(deleted);
    });
  }

  /** Shows a line about what just happened. */
  say(text: string, undo?: () => void): void {
    this.toast = { text, undo };
    this.#on.paint();
  }

  /** Takes in a draft of an earlier session of the same person. */
  adopt(draft: Draft): void {
    draft.shelf = this;
    this.draft = draft;
    this.say(t("back"));
    void draft.save();
  }

  async create(id: string, content: Content): Promise<Note> {
    return (await this.#mutate<{ note: Note }>(CREATE, { input: { id, ...content } })).note;
  }

  async update(id: string, version: number, content: Content): Promise<Note> {
    return (await this.#mutate<{ note: Note }>(UPDATE, { input: { id, version, ...content } })).note;
  }

  changed(note?: Note): void {
    if (note && !this.trash) this.#put(note);
    else this.#on.paint();
  }

  failed(problem: Problem): void {
    if (problem.code === "gone") this.#on.gone();
    else reportError(problem.code);
  }

  /** Saves the open note; false where that failed or another one was opened meanwhile. */
  async #settled(): Promise<boolean> {
    const draft = this.draft;
    if (draft?.dirty) await draft.save();
    return draft === this.draft && !draft?.dirty;
  }

  async #mutate<T>(document: string, variables: object): Promise<T> {
    return (await request<{ payload: T }>(this.#session, document, variables)).payload;
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.#on.paint();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    const problem = problemOf(thrown);
    this.state = "failed";
    this.reason = sentence(problem);
    this.#on.paint();
    this.failed(problem);
  }

  #put(note: Note): void {
    this.notes = [note, ...this.notes.filter(({ id }) => id !== note.id)].sort(byPinnedThenNewest);
    this.#on.paint();
  }

  #remove(id: string): void {
    this.doomed = null;
    this.notes = this.notes.filter((note) => note.id !== id);
  }
}
