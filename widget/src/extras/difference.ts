// What differs between two texts: the words of one that the other does not have.
import type { Part, Version } from "../core/note";
import { textOf } from "../core/replacement";

type Text = Pick<Version, "title" | "body" | "tags">;

/** Step is a part after earlier steps. */
type Step = [kind: Part[0], text: string, before: Step | undefined];

/** The most pieces that differ between two texts that are compared by them, since that takes time. */
const maxEdits = 600;

/** Returns the parts of a note and of an earlier version, with long common passages shortened. */
export function noteDifference(note: Text, version: Text): Part[] {
  return difference(textOf(note), textOf(version)).map(([kind, text]) => [kind, kind ? text : text.replace(/^([^]{99})[^]{99,}([^]{99})$/u, "$1 … $2")]);
}

/** Returns the parts of two texts in their order. It compares words; if many differ, lines. */
export function difference(before: string, after: string): Part[] {
  // Words, but characters in scripts without capitals; then lines; then the whole texts.
  for (const piece of [/[\p{Lu}\p{Ll}\p{M}\p{N}\p{sc=Arabic}]+|[^]/gu, /.*\n?/g, /[^]+/g]) {
    const parts: Part[] = [];
    let step = compare(before.match(piece) ?? [], after.match(piece) ?? []);
    if (!step) continue;
    for (; step; step = step[2]) {
      const [kind, text] = step;
      const next = parts[0];
      if (next?.[0] === kind) next[1] = text + next[1];
      else if (text) parts.unshift([kind, text]);
    }
    return parts;
  }
  return [];
}

/** Returns the last one of the fewest steps; undefined if there are more than maxEdits (Myers, An O(ND) Difference Algorithm, 1986). */
function compare(before: string[], after: string[]): Step | undefined {
  // How far each diagonal of the table of all pairs is reached, and the last step to there. It may have a negative number.
  const paths: Record<number, [end: number, step?: Step]> = { 1: [0] };
  for (let edits = 0; edits <= maxEdits; edits++) {
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const [right, down] = [paths[diagonal - 1], paths[diagonal + 1]];
      const inserts = !right || (down && right[0] < down[0]);
      let [end, step] = inserts ? down! : right;
      if (edits) step = inserts ? ["ins", after[end - diagonal - 1]!, step] : ["del", before[end++]!, step];
      const start = end;
      while (end < before.length && before[end] === after[end - diagonal]) end++;
      step = ["", before.slice(start, end).join(""), step];
      if (end >= before.length && end - diagonal >= after.length) return step;
      paths[diagonal] = [end, step];
    }
  }
  return undefined;
}
