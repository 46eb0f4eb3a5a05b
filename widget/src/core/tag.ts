// Tags as people type them. A comma of any script ends a tag; a tag has at most 50 characters, and a note 20 tags (db/limits.go).
import { clean } from "./text";

const maxLength = 50;
const maxCount = 20;

/** Splits text at the commas of every script. What is after the last one is the last element, even if it is empty. */
function split(text: string): string[] {
  return clean(text).split(/[,،、，]/);
}

/** Trims tags and removes empty and duplicate ones. */
function unique(tags: string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim()))].filter(Boolean);
}

/** Reports whether a note with these tags may have this one, too. */
function fits(tag: string, tags: string[]): boolean {
  const name = tag.trim();
  return [...name].length <= maxLength && (!name || tags.length < maxCount || tags.includes(name));
}

/** Reads tags from one line of text: those that a note may have, and those that it may not. */
export function parseTags(text: string): { tags: string[]; refused: string[] } {
  const tags: string[] = [];
  const refused: string[] = [];
  for (const tag of unique(split(text))) (fits(tag, tags) ? tags : refused).push(tag);
  return { tags, refused };
}

/** TagField is a field for tags: finished tags, and a text in which the next one is typed. */
export class TagField {
  /** The finished tags. */
  finished: string[] = [];
  /** The text in the field: a tag that may still grow, or tags that were refused. */
  text = "";
  /** Whether the text contains a tag that is too long, or one too many. */
  overLimit = false;
  /** Whether an input method is composing: its text is no tag yet. */
  composing = false;
  /** The tags that the field suggests. They must not change during a composition, which a first suggestion would end. */
  suggestions: string[] = [];

  #tags: string[] = [];

  /** Shows these tags if they aren't the result of what was typed here. */
  show(tags: string[]): void {
    if (tags.join() === this.#tags.join()) return;
    this.finished = this.#tags = tags;
    this.text = "";
    this.overLimit = false;
  }

  /** Takes the text of the field and returns the tags of the note. What is refused stays in the text. */
  type(text: string): string[] {
    this.composing = false;
    const typed = split(text);
    const last = typed.pop()!;
    const refused: string[] = [];
    for (const tag of unique(typed)) {
      if (fits(tag, this.finished)) this.finished = unique([...this.finished, tag]);
      else refused.push(tag);
    }
    const lastFits = fits(last, this.finished);
    this.text = [...refused, last].join(",");
    this.overLimit = refused.length > 0 || !lastFits;
    return (this.#tags = unique([...this.finished, lastFits ? last : ""]));
  }

  /** Takes the text of a composition, which is not split, saved or used for suggestions. */
  compose(text: string): void {
    this.composing = true;
    this.text = text;
  }

  /** Removes a finished tag and returns the tags of the note. */
  remove(tag: string | undefined): string[] {
    this.finished = this.finished.filter((other) => other !== tag);
    return this.type(this.text);
  }
}
