// How a search compares texts: as the server does (db/search_text.go). Equal are upper and lower case, canonical
// and compatibility forms (NFKD), and all quotes and dashes. A letter without marks finds that letter with any marks, and a letter with
// marks only itself: e finds é, é does not find e (UTS #10 §8.2).

/** The marks that people leave out: accents of Latin, Greek and Cyrillic, points of Hebrew, Arabic and Syriac. */
const mark = "[\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e8\\u06ea-\\u06ed\\u0711\\u0730-\\u074a\\u1dc0-\\u1dff\\u20d0-\\u20dc]";
const marks = new RegExp(mark, "g");

/** What people type for characters that have no decomposition, and nothing for those that are not seen. */
const typed = new Map<string, string>();
for (const [characters, letters] of [
  ["‘’‚‛′ʼ‹›", "'"],
  ["“”„‟″«»", '"'],
  ["‐‑‒–—―−", "-"],
  ["ß", "ss"],
  ["ς", "σ"],
  ["ø", "o\u0338"],
  ["ł", "l\u0338"],
  ["đ", "d\u0338"],
  ["ħ", "h\u0338"],
  ["ŧ", "t\u0338"],
  ["ı", "i\u0338"],
  ["æ", "ae"],
  ["œ", "oe"],
] as const) {
  for (const character of characters) typed.set(character, letters);
}
const unseen = "\\xad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufe00-\\ufe0f\\ufeff";
const special = new RegExp(`[${[...typed.keys()].join("")}${unseen}]`, "g");

/** Returns the letters of a text with their marks. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return isASCII(lower) ? lower : lower.normalize("NFKD").toLowerCase().replace(special, (character) => typed.get(character) ?? "");
}

function isASCII(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/** Returns the letters of a text without their marks, which is what is kept to be searched. */
export function searchable(text: string): string {
  return fold(text).replace(marks, "");
}

/** Returns a function that finds a text in what searchable() returned for another one, which is asked for if that does not suffice. */
export function finder(search: string): (letters: string, text: () => string) => boolean {
  const folded = fold(search.trim());
  const sought = folded.replace(marks, "");
  if (folded === sought || !sought) return (letters) => letters.includes(sought);
  const pattern = new RegExp(
    folded.replace(new RegExp(`([^])(${mark}*)`, "g"), (_, letter: string, own: string) => {
      const escaped = letter.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");
      return escaped + (own ? `${own}(?!${mark})` : `${mark}*`);
    }),
  );
  return (letters, text) => letters.includes(sought) && pattern.test(fold(text()));
}
