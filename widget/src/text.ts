// What a person may write, as the server takes it (db/limits.go).

/** Of a tag, and of a note's tags. */
const tagLength = 50;
export const tagCount = 20;

/** The text without control characters, which no key writes and a paste may bring. */
export function clean(text: string): string {
  return text.replace(/[\0-\x08\v\f\x0e-\x1f\x7f-\x9f]/g, "");
}

/** Whether a tag is short enough. */
export function fits(tag: string): boolean {
  return [...tag.trim()].length <= tagLength;
}
