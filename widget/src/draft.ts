// A note while somebody writes in it: what they want of it, what the server has, and how the one becomes the other.
import { uuid7 } from "./bytes";
import { blank, contentOf, sameContent, type Content, type Note } from "./note";
import { passes, problemOf, sentence, type Problem } from "./problem";
import { clean, fits, tagCount } from "./text";

/** How far saving has come; while it waits for a server that can, `waiting`. */
export type DraftStatus = "quiet" | "saving" | "saved" | "offline" | "waiting" | "failed" | "elsewhere";

/** All that a later page needs to go on where this one ended. It is kept between releases (outbox.ts), so its names last. */
export interface Pending {
  id: string;
  /** The note as the server last confirmed it; null for one that was never saved. */
  base: Note | null;
  content: Content;
  /** Whether the note is to be in the trash. */
  trashed: boolean;
  /** What was sent without hearing back. It is sent again unchanged, so that a second arrival is no second change. */
  sent: Content | null;
}

/** Where a draft is saved. A draft outlives the session it was begun in, so this may be replaced. */
export interface Shelf {
  /** The id of the person whose it is; "" as long as nobody knows. */
  readonly owner: string;
  create(id: string, content: Content): Promise<Note>;
  update(id: string, version: number, content: Content): Promise<Note>;
  move(id: string, trashed: boolean): Promise<Note>;
  /** The draft has something new to show, and to keep beyond this page as long as it is not saved. */
  changed(draft: Draft): void;
  failed(problem: Problem): void;
}

/** Tags as they are typed, no empty and no double ones. */
const unique = (tags: string[]) => [...new Set(tags.map((tag) => tag.trim()))].filter(Boolean);

export class Draft {
  pending: Pending;
  /** Its tags but for the one that is being typed. */
  settled: string[];
  /** What is in the field for tags: a tag, too, but one that may still grow, or one that is refused. */
  tagText = "";
  /** Whether the field holds a tag that is too long, or one too many. */
  overfull = false;
  /** Whether an input method is at work in the field for tags: what stands there is no tag yet. */
  composing = false;
  /** The tags that its field offers; they stand still while an input method is at work, whose composition a first offer would end. */
  offered: string[] = [];
  status: DraftStatus = "quiet";
  /** Why it was not saved, in words. */
  reason = "";
  /** Whether a later page would find it as it is here. */
  kept = false;
  /** In a conflict: the note as somebody else left it. */
  theirs: Note | null = null;

  #saving: Promise<void> | null = null;
  #timer = 0;

  constructor(
    public shelf: Shelf,
    base: Note | null,
    readonly key = uuid7(),
    pending?: Pending,
  ) {
    this.pending = pending ?? { id: base?.id ?? key, base, content: contentOf(base ?? blank), trashed: !!base?.trashedAt, sent: null };
    this.settled = this.pending.content.tags;
  }

  /** Whether anything of it is not at the server yet, as far as is known. */
  get dirty(): boolean {
    const { base, content, trashed, sent } = this.pending;
    return !!sent || !sameContent(base ?? blank, content) || (!!base && trashed !== !!base.trashedAt);
  }

  /** The key of the text that says how far saving has come. */
  get progress(): "saving" | "saved" | "offline" | "waiting" | "unkept" | "unsaved" | "elsewhere" | "" {
    const { status } = this;
    if (status === "quiet") return "";
    if (status === "failed") return "unsaved";
    return (status === "offline" || status === "waiting") && !this.kept ? "unkept" : status;
  }

  /** What the list says of it, where it isn't simply on its way. */
  get mark(): "offline" | "waiting" | "unkept" | "unsaved" | "elsewhere" | "" {
    const { progress } = this;
    return progress === "saving" || progress === "saved" ? "" : progress;
  }

  /** The note as its writer sees it. */
  get note(): Note {
    const { id, base, content } = this.pending;
    const now = new Date().toISOString();
    return { version: 0, updatedAt: now, trashedAt: null, ...base, ...content, id, ...(this.dirty && { updatedAt: now }) };
  }

  /** Takes what was typed and saves it a moment later. */
  edit(change: Partial<Content>): void {
    const { pending } = this;
    const content = { ...pending.content, ...change };
    pending.content = { ...content, title: clean(content.title), body: clean(content.body) };
    this.#later(400);
  }

  /** Takes what is in the field for tags: a comma, of whatever script, settles what stands before it. What is refused stays there. */
  editTags(text: string): void {
    this.composing = false;
    const typed = clean(text).split(/[,،、，]/);
    const open = typed.pop()!;
    const refused: string[] = [];
    for (const tag of unique(typed)) {
      if (this.#takes(tag)) this.settled = unique([...this.settled, tag]);
      else refused.push(tag);
    }
    this.tagText = [...refused, open].join(",");
    this.overfull = refused.length > 0 || !this.#takes(open);
    this.edit({ tags: unique([...this.settled, this.#takes(open) ? open : ""]) });
  }

  /** Takes what an input method shows in the field for tags, which is not to be split, saved or offered. */
  compose(text: string): void {
    this.composing = true;
    this.tagText = text;
  }

  #takes(tag: string): boolean {
    return fits(tag) && (!tag.trim() || this.settled.length < tagCount || this.settled.includes(tag.trim()));
  }

  untag(tag?: string): void {
    this.settled = this.settled.filter((other) => other !== tag);
    this.editTags(this.tagText);
  }

  /** Puts the note into the trash or takes it out. */
  trash(yes: boolean): void {
    this.pending.trashed = yes;
    this.#later(0);
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
    this.#taken(content);
    this.edit(contentOf(content));
  }

  /** Ends a conflict: with what was typed here, or with what somebody else wrote. Returns what was not chosen. */
  choose(mine: boolean): Content {
    const { pending } = this;
    const theirs = this.theirs!;
    const other = mine ? contentOf(theirs) : pending.content;
    pending.base = theirs;
    this.theirs = null;
    this.replace(mine ? pending.content : theirs);
    return other;
  }

  /** Shows the note as the server has it now, unless somebody is writing in it. */
  refresh(note: Note): void {
    if (this.dirty || this.#saving || note.version < this.pending.base!.version) return;
    // What was saved here is told here, too: a tag that is being typed goes on.
    if (!sameContent(note, this.pending.content)) this.#taken(note);
    this.pending = { ...this.pending, base: note, content: contentOf(note), trashed: !!note.trashedAt };
    this.shelf.changed(this);
  }

  #taken({ tags }: Content): void {
    this.settled = tags;
    this.tagText = "";
    this.overfull = false;
  }

  #later(wait: number): void {
    if (!this.theirs) {
      this.status = "saving";
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.save(), wait);
    }
    this.shelf.changed(this);
  }

  async #settle(): Promise<void> {
    const { pending } = this;
    while (!this.theirs && this.dirty) {
      const { base } = pending;
      const moves = base && !pending.sent && sameContent(base, pending.content);
      // What was sent must be known to a page that may have to send it again.
      if (!moves) pending.sent ??= pending.content;
      // A try to send what waits is nothing to be told of.
      if (!/offline|waiting/.test(this.status)) this.#show("saving");
      else this.shelf.changed(this);
      try {
        if (moves) {
          const { trashedAt } = await this.shelf.move(pending.id, pending.trashed);
          pending.base = { ...base, trashedAt };
        } else {
          const content = pending.sent!;
          const note = await (base ? this.shelf.update(pending.id, base.version, content) : this.shelf.create(pending.id, content));
          // Saved is what was sent: were the server to keep it in another form, there would be no end to saving.
          pending.base = { ...note, ...content };
          pending.sent = null;
        }
      } catch (thrown) {
        if (!this.#recover(problemOf(thrown))) return;
      }
    }
    if (!this.theirs && this.status !== "quiet") this.#show("saved");
  }

  /** Takes a refusal in; true where saving can go on. */
  #recover(problem: Problem): boolean {
    const { code, current } = problem;
    const { pending } = this;
    const { sent } = pending;
    if (code === "network" || code === "gone") {
      this.#show("offline");
    } else if (passes(code)) {
      this.#show("waiting"); // it may have arrived: it is sent again as it was
    } else {
      pending.sent = null;
      if (code === "CONFLICT" && current) {
        if (sent && sameContent(current, sent)) {
          // Our own change: it had arrived, only its answer had not.
          pending.base = current;
          return true;
        }
        this.theirs = current;
        this.#show("elsewhere");
        return false;
      }
      if (code === "NOT_FOUND" || code === "CONFLICT") {
        // It was deleted for good: there is nothing to put into the trash, and what is to stay has to begin anew.
        pending.base = null;
        pending.id = uuid7();
        if (pending.trashed) {
          pending.content = blank;
          return true;
        }
      }
      this.reason = sentence(problem);
      this.#show("failed");
    }
    this.shelf.failed(problem);
    return false;
  }

  #show(status: DraftStatus): void {
    this.status = status;
    this.shelf.changed(this);
  }
}
