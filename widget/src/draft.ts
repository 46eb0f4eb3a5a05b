// A note while somebody writes in it: what is typed, what the server has, and how the one becomes the other.
import { uuid7 } from "./bytes";
import { blank, contentOf, parseTags, sameContent, type Content, type Note } from "./note";
import { problemOf, sentence, type Problem } from "./problem";

export type DraftStatus = "quiet" | "saving" | "saved" | "failed" | "conflict";

/** Where a draft is saved. A draft outlives the session it was begun in, so this may be replaced. */
export interface Shelf {
  create(id: string, content: Content): Promise<Note>;
  update(id: string, version: number, content: Content): Promise<Note>;
  /** The draft has something new to show; `note` where the server has. */
  changed(note?: Note): void;
  failed(problem: Problem): void;
}

export class Draft {
  readonly key = uuid7();
  id: string;
  content: Content;
  /** The tags as typed, half a tag included. */
  tagText: string;
  status: DraftStatus = "quiet";
  /** Why it was not saved, in words. */
  reason = "";
  /** In a conflict: the note as somebody else left it. */
  theirs: Note | null = null;

  /** What was sent without hearing back. It is sent again unchanged, so that a second arrival is no second change. */
  #inDoubt: Content | null = null;
  #saving: Promise<void> | null = null;
  #timer = 0;
  /** The note as the server last confirmed it; null for one that was never saved. */
  #base: Note | null;

  constructor(
    public shelf: Shelf,
    note: Note | null,
  ) {
    this.#base = note;
    this.id = note?.id ?? this.key;
    this.content = contentOf(note ?? blank);
    this.tagText = this.content.tags.join(", ");
  }

  get stored(): boolean {
    return this.#base !== null;
  }

  get dirty(): boolean {
    return !sameContent(this.#base ?? blank, this.content);
  }

  /** Takes what was typed and saves it a moment later. */
  edit(change: Partial<Content>): void {
    this.content = { ...this.content, ...change };
    if (!this.theirs) {
      this.status = "saving";
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.save(), 400);
    }
    this.shelf.changed();
  }

  editTags(text: string): void {
    this.tagText = text;
    this.edit({ tags: parseTags(text) });
  }

  /** Saves what isn't yet, now; resolves when that is settled either way. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    // Never within the caller: a field that loses the focus because it is being taken away calls in the middle of a paint.
    return (this.#saving ??= Promise.resolve()
      .then(() => this.#settle())
      .finally(() => (this.#saving = null)));
  }

  /** Puts other content in the place of this one: a choice in a conflict, or its undoing. */
  replace(content: Content): void {
    this.tagText = content.tags.join(", ");
    this.edit(contentOf(content));
  }

  /** Ends a conflict: with what was typed here, or with what somebody else wrote. Returns what was not chosen. */
  choose(mine: boolean): Content {
    const theirs = this.theirs!;
    const other = mine ? contentOf(theirs) : this.content;
    this.#base = theirs;
    this.theirs = null;
    this.replace(mine ? this.content : theirs);
    return other;
  }

  /** Shows the note as the server has it now, unless somebody is writing in it. */
  refresh(note: Note): void {
    if (this.dirty || this.#saving || note.version === this.#base?.version) return;
    this.#base = note;
    this.content = contentOf(note);
    this.tagText = note.tags.join(", ");
    this.shelf.changed(note);
  }

  async #settle(): Promise<void> {
    while (!this.theirs && (this.dirty || this.#inDoubt)) {
      this.#show("saving");
      const content = (this.#inDoubt ??= this.content);
      try {
        const note = this.#base ? await this.shelf.update(this.id, this.#base.version, content) : await this.shelf.create(this.id, content);
        // Saved is what was sent: were the server to keep it in another form, there would be no end to saving.
        this.#base = { ...note, ...content };
        this.#inDoubt = null;
        this.shelf.changed(note);
      } catch (thrown) {
        if (!this.#recover(problemOf(thrown), content)) return;
      }
    }
    if (!this.theirs && this.status !== "quiet") this.#show("saved");
  }

  /** Takes a refusal in; true where saving can go on. */
  #recover(problem: Problem, sent: Content): boolean {
    const { code, current } = problem;
    if (code !== "network" && code !== "gone") this.#inDoubt = null;
    if (code === "CONFLICT" && current) {
      if (sameContent(current, sent)) {
        // Our own change: it had arrived, only its answer had not.
        this.#base = current;
        this.shelf.changed(current);
        return true;
      }
      this.theirs = current;
      this.#show("conflict");
      return false;
    }
    if (code === "NOT_FOUND") {
      this.#base = null;
      this.id = uuid7();
    }
    this.reason = sentence(problem);
    this.#show("failed");
    this.shelf.failed(problem);
    return false;
  }

  #show(status: DraftStatus): void {
    this.status = status;
    this.shelf.changed();
  }
}
