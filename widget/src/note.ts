// The shapes of the API that the widget asks for and what it compares of them.

/** What a person writes. */
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
}

export interface Viewer {
  id: string;
  displayName: string;
  /** The tenant, too, can open these notes. */
  vouched: boolean;
  /** Whom the tenant says this is. */
  identity: { name: string | null; email: string | null; subject: string } | null;
}

/** How many notes a page has at most. It may have fewer, even none, though others follow. */
export const pageSize = 20;

/** How many characters a search has at most. */
export const searchLength = 200;

export interface Page {
  edges: { node: Note }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export const blank: Content = { title: "", body: "", tags: [], pinned: false };

/** Only what a person writes, of something that may hold more. */
export function contentOf({ title, body, tags, pinned }: Content): Content {
  return { title, body, tags, pinned };
}

export function sameContent(a: Content, b: Content): boolean {
  return JSON.stringify(contentOf(a)) === JSON.stringify(contentOf(b));
}

/** Whether the text is in the note; the server, which has the last word, may find it in more of them. */
export function holds({ title, body, tags }: Content, text: string): boolean {
  return [title, body, ...tags].join("\n").toLowerCase().includes(text.toLowerCase());
}

/** The order of the list: pinned first, then the newest change first. */
export function byPinnedThenNewest(a: Note, b: Note): number {
  return Number(b.pinned) - Number(a.pinned) || Date.parse(b.updatedAt) - Date.parse(a.updatedAt);
}
