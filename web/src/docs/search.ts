// Searches the sections of the documentation.

/** A page by its name, below /docs/. */
export type Pages = Record<string, { title: string; sections: { anchor: string; heading: string; text: string }[] }>;

/** A section with each of the words. The text is cut around the first match. */
export interface Result {
  address: string;
  page: string;
  heading: string;
  before: string;
  match: string;
  after: string;
}

const limit = 30;

/** Returns the sections that have every word, those with it in their heading first. */
export function search(pages: Pages, query: string): Result[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found: { score: number; result: Result }[] = [];
  for (const [name, { title, sections }] of Object.entries(pages)) {
    for (const { anchor, heading, text } of sections) {
      const head = heading.toLowerCase();
      const lower = text.toLowerCase();
      const context = title.toLowerCase();
      if (!words.every((word) => head.includes(word) || lower.includes(word) || context.includes(word))) continue;
      if (!words.some((word) => head.includes(word) || lower.includes(word))) continue; // the page's title alone
      const score = words.reduce((sum, word) => sum + (head === word ? 8 : head.includes(word) ? 4 : 0) + (lower.includes(word) ? 1 : 0), 0);
      const address = "/docs" + (name === "README" ? "" : "/" + name) + (anchor ? "#" + anchor : "");
      found.push({ score, result: { address, page: title, heading, ...excerpt(text, lower, words) } });
    }
  }
  return found.sort((a, b) => b.score - a.score).slice(0, limit).map(({ result }) => result);
}

/** The text around the first word in it. */
function excerpt(text: string, lower: string, words: string[]): { before: string; match: string; after: string } {
  const at = words.map((word) => ({ word, start: lower.indexOf(word) })).filter(({ start }) => start >= 0).sort((a, b) => a.start - b.start)[0];
  if (!at || lower.length !== text.length) return { before: cut(text, 0, 160), match: "", after: "" };
  const end = at.start + at.word.length;
  return { before: cut(text, at.start - 60, at.start), match: text.slice(at.start, end), after: cut(text, end, end + 120) };
}

/** A part of a text, at words, with … where it is cut. */
function cut(text: string, from: number, to: number): string {
  let part = text.slice(Math.max(from, 0), to);
  if (from > 0) part = "…" + part.replace(/^\S*\s/, "");
  if (to < text.length && to - from > 80) part = part.replace(/\s\S*$/, "") + "…";
  return part;
}
