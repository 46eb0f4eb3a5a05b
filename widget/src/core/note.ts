// A note as the API returns it, and what is compared of notes.

/** Content is what a person writes. */
export interface Content {
  title: string;
  body: string;
  tags: string[];
  pinned: boolean;
}

/** NoteContext is the page of the tenant on which a note was written. */
export interface NoteContext {
  /** The tenant's own id for the page. */
  id: string;
  title: string;
  url: string;
}

export interface Note extends Content {
  id: string;
  context?: NoteContext | null;
  version: number;
  updatedAt: string;
  trashedAt: string | null;
}

/** Part is a piece of a text: in two texts (""), or only in the first or the second one. Its kind is the name of an element. */
export type Part = [kind: "" | "del" | "ins", text: string];

/** Version is an earlier text of a note. */
export interface Version extends Pick<Note, "version" | "title" | "body" | "tags"> {
  sealed: string | null;
  writtenAt: string;
  /** Why this device cannot open its text. */
  problem?: string;
  /** Whether the widget shows what differs. */
  open?: boolean | undefined;
}

/** Change is what the server reports of a note that changed; there is no note if it was deleted for good. */
export interface Change<N extends Note = Note> {
  id: string;
  note: N | null;
}

/** The most notes that a page has. It may have fewer, even none, although others follow. */
export const pageSize = 20;

/** The most characters that a search has. */
export const searchLength = 200;

/** Page is a part of a list. */
export interface Page<N extends Note = Note> {
  edges: { node: N }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export const emptyContent: Content = { title: "", body: "", tags: [], pinned: false };

/** Returns only what a person writes, of something that may contain more. */
export function contentOf({ title, body, tags, pinned }: Content): Content {
  return { title, body, tags, pinned };
}

export function sameContent(a: Content, b: Content): boolean {
  return JSON.stringify(contentOf(a)) === JSON.stringify(contentOf(b));
}

/** Reports whether the note contains the text, whatever its case. The server decides in the end and may find the text in more notes. */
export function contains({ title, body, tags }: Content, text: string): boolean {
  return [title, body, ...tags].join("\n").toLowerCase().includes(text.toLowerCase());
}

/** Compares two notes for the order of the list: pinned notes first, then the newest change first. */
export function byPinnedThenNewest(a: Note, b: Note): number {
  return Number(b.pinned) - Number(a.pinned) || Date.parse(b.updatedAt) - Date.parse(a.updatedAt);
}
