// The text of an open note replaced at once: by a choice in a conflict, or by an earlier version.
import type { Draft } from "./draft";
import type { Content, Note } from "./note";

/**
 * Undoing returns the function for Undo, which restores the text from before a replacement; undefined once the text is not the
 * replacement any more, since Undo would then delete what was written later.
 */
export type Undoing = () => (() => void) | undefined;

type Text = Pick<Content, "title" | "body" | "tags">;

/** Returns all of a text, to compare it. */
export const textOf = ({ title, body, tags }: Text): string => [title, body, tags.join(", ")].join("\n");

const replace = <N extends Note>(draft: Draft<N>, { title, body, tags, pinned }: Content) => draft.edit({ title, body, tags, pinned });

/** Returns how to undo that a text of a draft was replaced. */
export function undoing<N extends Note>(draft: Draft<N>, before: Content, after: Content): Undoing {
  return () => (textOf(draft.pending.content) === textOf(after) ? () => replace(draft, before) : undefined);
}

/** Ends a conflict with what was typed here, or with what was written elsewhere. It returns how to undo that: with the other text. */
export function resolveConflict<N extends Note>(draft: Draft<N>, mine: boolean): Undoing {
  const { pending, theirs } = draft;
  const typed = pending.content;
  pending.base = theirs!;
  draft.theirs = null;
  replace(draft, mine ? typed : theirs!);
  return undoing(draft, mine ? theirs! : typed, pending.content);
}
