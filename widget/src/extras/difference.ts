// What differs between two texts: the words of one that the other does not have.
import type { Version } from "../core/note";

type Text = Pick<Version, "title" | "body" | "tags">;

/** Part is a piece of a text: in both texts (""), only in the first one, or only in the second one. Its kind is the name of an element. */
export type Part = [kind: "" | "del" | "ins", text: string];

/** The most pairs of pieces that are compared, since that takes time. */
const maxPairs = 250_000;

/** Returns the parts of a note and of an earlier version, with long common passages shortened. It is empty if they are the same. */
export function noteDifference(note: Text, version: Text): Part[] {
  const parts = difference(textOf(note), textOf(version));
  return parts.some(([kind]) => kind) ? parts.map(([kind, text]) => [kind, kind ? text : text.replace(/^([^]{99})[^]{99,}([^]{99})$/u, "$1 … $2")]) : [];
}

function textOf({ title, body, tags }: Text): string {
  return [title, body, tags.join(", ")].join("\n");
}

/** Returns the parts of two texts in their order. It compares words; in longer texts, lines. */
export function difference(before: string, after: string): Part[] {
  const words = (text: string) => text.match(/[\p{Lu}\p{Ll}\p{M}\p{N}\p{sc=Arabic}]+|[^]/gu) ?? []; // characters, in scripts without capitals
  const lines = (text: string) => text.split(/(?<=\n)/);
  return compare(words(before), words(after)) ?? compare(lines(before), lines(after)) ?? compare([before], [after])!;
}

/** Returns the parts around the longest run of pieces that both have, and so on before and after it; undefined if that would take long. */
function compare(before: string[], after: string[]): Part[] | undefined {
  let longest = 0;
  let from = 0;
  let to = 0;
  let lengths: number[] = []; // of the runs that end in the piece of `before` that was compared last
  if (before.length * after.length > maxPairs) return undefined;
  for (const [i, piece] of before.entries()) {
    const runs: number[] = [];
    for (const [j, other] of after.entries()) {
      if (piece !== other) continue;
      const length = (runs[j] = (lengths[j - 1] ?? 0) + 1);
      if (length > longest) [longest, from, to] = [length, i + 1, j + 1];
    }
    lengths = runs;
  }
  const parts: Part[] =
    longest ?
      [
        ...compare(before.slice(0, from - longest), after.slice(0, to - longest))!,
        ["", before.slice(from - longest, from).join("")],
        ...compare(before.slice(from), after.slice(to))!,
      ]
    : [
        ["del", before.join("")],
        ["ins", after.join("")],
      ];
  return parts.filter(([, text]) => text);
}
