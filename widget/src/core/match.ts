// The part of a text that shows what a search found.
import { indexOfMatch } from "../encryption/search_text";

/**
 * Returns a part of a text that begins about 40 characters before the first match, with "…" for what is left out, or the whole text if the
 * match is near its beginning, or if there is none.
 */
export function partAtMatch(text: string, search: string): string {
  const match = Math.max(indexOfMatch(text, search), 0);
  // Whole characters with their marks. Each has at most two units.
  const [before] = /(?![\p{M}\p{EMod}\u200d])[^]{0,40}$/u.exec(text.slice(0, match).slice(-80))!;
  if (match <= before!.length) return text;
  return (
    "…" +
    text
      .slice(match - before!.length)
      .replace(/^([^]{160})[^]+/u, "$1…")
      .replace(/^([^\n[\]]*)]\(\S+\)/, "$1") // the end of a link
  );
}
