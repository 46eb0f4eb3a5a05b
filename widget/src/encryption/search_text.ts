// How a search compares texts: as the server does (db/search_text.go). Equal are upper and lower case, canonical
// and compatibility forms (NFKD), and all quotes and dashes. A letter without marks finds that letter with any marks, and a letter with
// marks only itself: e finds é, é does not find e (UTS #10 §8.2).

/** The marks that people leave out: those of Latin, Greek and Cyrillic, points of Hebrew, Arabic and Syriac; no voicing of kana. */
const mark = "(?=\\p{M})(?![\u3099\u309a])[\\p{sc=Zinh}\\p{sc=Cyrl}\\p{sc=Hebr}\\p{sc=Arab}\\p{sc=Syrc}]";
const marks = new RegExp(mark, "gu");

/** What people type for characters that have no decomposition. */
const typed: Record<string, string> = {};
for (const [letters, characters] of Object.entries({
  "'": "‘’‚‛′ʼ‹›",
  '"': "“”„‟″«»",
  "-": "‐‑‒–—―−",
  ss: "ß",
  σ: "ς",
  "o\u0338": "ø",
  "l\u0338": "ł",
  "d\u0338": "đ",
  "h\u0338": "ħ",
  "t\u0338": "ŧ",
  "i\u0338": "ı",
  ae: "æ",
  oe: "œ",
})) {
  for (const character of characters) typed[character] = letters;
}
/** Those, and characters that are not seen. */
const special = new RegExp(`[${Object.keys(typed).join("")}\\p{Cf}\u034f\ufe00-\ufe0f]`, "gu");

/** Returns the letters of a text with their marks. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return /[^\0-\x7f]/.test(lower) ? lower.normalize("NFKD").toLowerCase().replace(special, (character) => typed[character] ?? "") : lower;
}

/** Returns the letters of a text without their marks, which is what is kept to be searched. */
export function searchable(text: string): string {
  return fold(text).replace(marks, "");
}

/** Returns what matches a folded search text in a folded text. */
function pattern(search: string): RegExp {
  return new RegExp(
    search.replace(new RegExp(`([^])((?:${mark})*)`, "gu"), (_, letter: string, own: string) => {
      const escaped = `\\u{${letter.codePointAt(0)!.toString(16)}}`;
      return escaped + (own ? `${own}(?!${mark})` : `(?:${mark})*`);
    }),
    "u",
  );
}

/** Returns a function that finds a text in what searchable() returned for another one, which is asked for if that does not suffice. */
export function finder(search: string): (letters: string, text: () => string) => boolean {
  const folded = fold(search.trim());
  const sought = folded.replace(marks, "");
  if (folded === sought || !sought) return (letters) => letters.includes(sought);
  const exact = pattern(folded);
  return (letters, text) => letters.includes(sought) && exact.test(fold(text()));
}

/** Returns where a text contains the search text first, or -1. */
export function indexOfMatch(text: string, search: string): number {
  const before = pattern(fold(search.trim())).exec(fold(text))?.index ?? -1;
  // The longest beginning that folds to what is before the match.
  let [start, end] = [-1, text.length];
  while (before >= 0 && start < end) {
    const middle = (start + end + 1) >> 1;
    if (fold(text.slice(0, middle)).length > before) end = middle - 1;
    else start = middle;
  }
  return start;
}
