// A note as the account page knows it, and while somebody writes in it.
import { clean, fits, tagCount } from "../../../widget/src/text";
import { ask } from "../graphql/ask";
import { Refused, Unreachable } from "../http/post";
import { explain } from "../passkey/trouble";
import { UPDATE, type Site } from "./documents";

export interface Content {
  title: string;
  body: string;
  tags: string[];
  pinned: boolean;
}

export interface Note extends Content {
  id: string;
  version: number;
  updatedAt: string;
  trashedAt: string | null;
  tenant: Site;
}

export interface NotePage {
  edges: { node: Note }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** What a note is called where there is one line for it. */
export function called({ title, body }: Content): string {
  return title.trim() || excerpt(body.trim().split("\n", 1)[0]!).slice(0, 80) || "Untitled";
}

/** How a text begins, without the marks of Markdown that say nothing in one line; of a link, its words. The widget's lists do the same. */
export function excerpt(body: string): string {
  return body.slice(0, 200).replace(/[*`~]|\b_|_\b|^[#>]+ |\[(.+?)]\(\S+\)/gm, "$1");
}

/** The order of the list: pinned first, then the newest change first. */
export function byPinnedThenNewest(a: Note, b: Note): number {
  return Number(b.pinned) - Number(a.pinned) || Date.parse(b.updatedAt) - Date.parse(a.updatedAt);
}

export function parseTags(text: string): string[] {
  return [...new Set(clean(text).split(/[,،、，]/).map((tag) => tag.trim()).filter(Boolean))];
}

const pause = 800;

/** What is not saved yet, by the id of its note: it outlives the visit of that note's page. */
const unsaved = new Map<string, Draft>();

/** The draft of a note: the one that is not saved yet, if there is one. */
export function draftOf(note: Note, changed: () => void): Draft {
  const draft = unsaved.get(note.id) ?? new Draft(note);
  draft.changed = changed;
  return draft;
}

/** A note while somebody writes in it: what is typed, what the server has, and how the one becomes the other. */
export class Draft {
  content: Content;
  /** Shows what is new. */
  changed: () => void = () => {};
  /** The tags as typed, half a tag included. */
  tagText: string;
  status: "quiet" | "saving" | "saved" | "failed" | "conflict" = "quiet";
  /** Why it was not saved, in words. */
  reason = "";
  /** In a conflict: the note as it was changed elsewhere. */
  theirs: Note | null = null;

  #timer = 0;
  /** How long what failed for want of a network or a server waits until it is tried again. */
  #wait = 1000;
  #saving: Promise<void> | null = null;

  constructor(
    /** The note as the server last confirmed it. */
    public base: Note,
  ) {
    this.content = contentOf(base);
    this.tagText = base.tags.join(", ");
  }

  /** What is wrong with the tags as typed: the note is saved without those. */
  get tagTrouble(): string {
    return parseTags(this.tagText).some((tag) => !this.content.tags.includes(tag)) ? "A tag can have up to 50 characters, and a note up to 20 tags." : "";
  }

  get dirty(): boolean {
    return !same(this.base, this.content);
  }

  /** Takes what was typed and saves it a moment later, even while more is being typed. */
  edit(change: Partial<Content>): void {
    const content = { ...this.content, ...change };
    this.content = { ...content, title: clean(content.title), body: clean(content.body) };
    unsaved.set(this.base.id, this);
    if (!this.theirs) {
      this.status = "saving";
      this.#timer ||= setTimeout(() => void this.save(), pause);
    }
    this.changed();
  }

  editTags(text: string): void {
    this.tagText = text;
    this.edit({ tags: parseTags(text).filter(fits).slice(0, tagCount) });
  }

  /** Puts other content in the place of this one. */
  replace(content: Content): void {
    this.tagText = content.tags.join(", ");
    this.edit(contentOf(content));
  }

  /** Takes in the note as it was changed elsewhere, unless something is being written here: that has its own way to meet it. */
  refresh(note: Note): void {
    if (this.dirty || note.version <= this.base.version) return;
    this.base = note;
    this.content = contentOf(note);
    this.tagText = note.tags.join(", ");
    this.#show("quiet");
  }

  /** Ends a conflict with what was typed here or with what was written elsewhere, and gives what was not chosen. */
  choose(mine: boolean): Content {
    const theirs = this.theirs!;
    const other = mine ? contentOf(theirs) : this.content;
    this.base = theirs;
    this.theirs = null;
    this.replace(mine ? this.content : theirs);
    return other;
  }

  /** Saves what isn't yet, now; resolves when that is settled either way. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = 0;
    return (this.#saving ??= this.#settle().finally(() => (this.#saving = null)));
  }

  async #settle(): Promise<void> {
    while (!this.theirs && this.dirty) {
      this.#show("saving");
      const sent = this.content;
      try {
        const { updateNote } = await ask(UPDATE, { input: { id: this.base.id, version: this.base.version, ...sent } });
        // Saved is what was sent: were the server to keep it in another form, there would be no end to saving.
        this.base = { ...updateNote.note, ...sent };
        this.#wait = 1000;
      } catch (error) {
        if (!this.#recover(error, sent)) return;
      }
    }
    if (this.theirs) return;
    unsaved.delete(this.base.id);
    if (this.status !== "quiet") this.#show("saved");
  }

  /** Takes a refusal in; true where saving can go on. */
  #recover(error: unknown, sent: Content): boolean {
    const current = error instanceof Refused && error.code === "CONFLICT" ? (error.detail.current as Note | undefined) : undefined;
    if (!current) {
      this.reason = explain(error).message;
      this.#show("failed");
      if (error instanceof Unreachable || (error instanceof Refused && /^(INTERNAL|RATE_LIMITED)$/.test(error.code))) {
        this.#wait = Math.min(this.#wait * 2, 60_000);
        this.#timer ||= setTimeout(() => void this.save(), this.#wait * (0.5 + Math.random()));
      }
      return false;
    }
    if (same(current, sent)) {
      this.base = current; // our own change: it had arrived, only its answer had not
      return true;
    }
    this.theirs = current;
    this.#show("conflict");
    return false;
  }

  #show(status: Draft["status"]): void {
    this.status = status;
    this.changed();
  }
}

function contentOf({ title, body, tags, pinned }: Content): Content {
  return { title, body, tags, pinned };
}

function same(a: Content, b: Content): boolean {
  return a.title === b.title && a.body === b.body && a.pinned === b.pinned && a.tags.join("\n") === b.tags.join("\n");
}
