// A note that is being edited: what was typed, what the server has, and how it is saved.
import { emptyContent, contentOf, sameContent, type Content, type Note, type NoteContext, type Version } from "./note";
import { isTemporary, problemOf, type Problem } from "./problem";
import { clean } from "./text";
import { uuid7 } from "./uuid";

/** DraftStatus is the state of saving. `offline`: there is no network. `waiting`: the server cannot save at the moment. */
export type DraftStatus = "idle" | "saving" | "saved" | "offline" | "waiting" | "failed" | "elsewhere";

/** Pending is what a later page needs to continue. It is stored between releases (outbox.ts), so its names must not change. */
export interface Pending<N extends Note = Note> {
  id: string;
  /** The note as the server last confirmed it; null for one that was never saved. */
  base: N | null;
  content: Content;
  /** The page on which a new note was begun. */
  context?: NoteContext | undefined;
  /** Whether the note is to be in the trash. */
  trashed: boolean;
  /** What was sent without an answer. It is sent again unchanged, so that arriving twice changes nothing. */
  sent: Content | null;
}

/** Backend is where a draft is saved. A draft may outlive its session, so its backend can be replaced. */
export interface Backend<N extends Note = Note> {
  /** The id of the person who owns the drafts; "" until it is known. */
  readonly owner: string;
  create(id: string, content: Content, context?: NoteContext): Promise<N>;
  update(id: string, version: number, content: Content): Promise<N>;
  move(id: string, trashed: boolean): Promise<N>;
  /** The draft has changed: it has to be shown again, and stored as long as it is not saved. */
  onChange(draft: Draft<N>): void;
  onFailure(problem: Problem): void;
}

/** Draft is the state machine of a note that is being edited. */
export class Draft<N extends Note = Note> {
  declare backend: Backend<N>;
  declare readonly key: string;
  declare pending: Pending<N>;
  status: DraftStatus = "idle";
  /** Why it was not saved. */
  problem: Problem | null = null;
  /** Whether it is stored for a later page. */
  stored = false;
  /** The earlier versions of the note, while they are shown. */
  declare versions: Version[] | undefined;
  /** In a conflict, the note as it was changed elsewhere. */
  theirs: N | null = null;

  #saving: Promise<void> | null = null;
  #timer = 0;

  constructor(backend: Backend<N>, base: N | null, key = uuid7(), pending?: Pending<N>) {
    this.backend = backend;
    this.key = key;
    this.pending = pending ?? { id: base?.id ?? key, base, content: contentOf(base ?? emptyContent), trashed: !!base?.trashedAt, sent: null };
  }

  /** Whether anything is not saved, as far as is known. */
  get dirty(): boolean {
    const { base, content, trashed, sent } = this.pending;
    return !!sent || !sameContent(base ?? emptyContent, content) || (!!base && trashed !== !!base.trashedAt);
  }

  /** The key of the text for the state of saving. */
  get progress(): "saving" | "saved" | "offline" | "waiting" | "unkept" | "unsaved" | "elsewhere" | "" {
    const { status } = this;
    if (status === "idle") return "";
    if (status === "failed") return "unsaved";
    return /offline|waiting/.test(status) && !this.stored ? "unkept" : status;
  }

  /** The key of the text for the list, "" where there is nothing to say. */
  get mark(): "offline" | "waiting" | "unkept" | "unsaved" | "elsewhere" | "" {
    const { progress } = this;
    return progress === "saving" || progress === "saved" ? "" : progress;
  }

  /** The note with what was typed. */
  get note(): N {
    const { id, base, content, context } = this.pending;
    const now = new Date().toISOString();
    return { version: 0, updatedAt: now, trashedAt: null, context, ...base, ...content, id, ...(this.dirty && { updatedAt: now }) } as N;
  }

  /** Applies what was typed and saves it a moment later. */
  edit(change: Partial<Content>): void {
    const { pending } = this;
    const content = { ...pending.content, ...change };
    pending.content = { ...content, title: clean(content.title), body: clean(content.body) };
    this.#schedule(400);
  }

  /** Moves the note to the trash, or out of it. */
  trash(yes: boolean): void {
    this.pending.trashed = yes;
    this.#schedule(0);
  }

  /** Saves now. It resolves when that has succeeded or failed. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    // Not synchronously: a field that is being removed loses its focus in the middle of a paint.
    return (this.#saving ??= Promise.resolve()
      .then(() => this.#sync())
      .finally(() => (this.#saving = null)));
  }

  /** Takes the note as the server has it now, unless it is being edited. */
  refresh(note: N): void {
    if (this.dirty || this.#saving || note.version < this.pending.base!.version) return;
    this.pending = { ...this.pending, base: note, content: contentOf(note), trashed: !!note.trashedAt };
    this.backend.onChange(this);
  }

  #schedule(wait: number): void {
    if (!this.theirs) {
      this.status = "saving";
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.save(), wait);
    }
    this.backend.onChange(this);
  }

  async #sync(): Promise<void> {
    const { pending } = this;
    while (!this.theirs && this.dirty) {
      const { base } = pending;
      const onlyMoves = base && !pending.sent && sameContent(base, pending.content);
      // A later page must know what was sent, since it may have to send it again.
      if (!onlyMoves) pending.sent ??= pending.content;
      // A retry of what waits is not shown.
      if (!/offline|waiting/.test(this.status)) this.#setStatus("saving");
      else this.backend.onChange(this);
      try {
        if (onlyMoves) {
          const { trashedAt } = await this.backend.move(pending.id, pending.trashed);
          pending.base = { ...base, trashedAt };
        } else {
          const content = pending.sent!;
          const note = await (base ? this.backend.update(pending.id, base.version, content) : this.backend.create(pending.id, content, pending.context));
          // What was sent counts as saved: if the server stores it in another form, saving must still end.
          pending.base = { ...note, ...content };
          pending.sent = null;
        }
      } catch (thrown) {
        if (!this.#recover(problemOf(thrown))) return;
      }
    }
    if (!this.theirs && this.status !== "idle") this.#setStatus("saved");
  }

  /** Handles a failure. It returns true if saving can go on. */
  #recover(problem: Problem): boolean {
    const { code } = problem;
    const current = problem.current as N | undefined;
    const { pending } = this;
    const { sent } = pending;
    this.problem = problem;
    if (code === "network" || code === "gone") {
      this.#setStatus("offline");
    } else if (isTemporary(code)) {
      this.#setStatus("waiting"); // it may have arrived, so it is sent again unchanged
    } else {
      pending.sent = null;
      if (code === "CONFLICT" && current) {
        if (sent && sameContent(current, sent)) {
          // Our own change: it had arrived, but its answer was lost.
          pending.base = current;
          return true;
        }
        this.theirs = current;
        this.#setStatus("elsewhere");
        return false;
      }
      if (code === "NOT_FOUND" || code === "CONFLICT") {
        // It was deleted for good: there is nothing left to trash, and a note that stays needs a new id.
        pending.context ??= pending.base?.context ?? undefined;
        pending.base = null;
        pending.id = uuid7();
        if (pending.trashed) {
          pending.content = emptyContent;
          return true;
        }
      }
      this.#setStatus("failed");
    }
    this.backend.onFailure(problem);
    return false;
  }

  #setStatus(status: DraftStatus): void {
    this.status = status;
    this.backend.onChange(this);
  }
}
