import assert from "node:assert/strict";
import { test } from "node:test";
import { partAtMatch } from "./match";

// In 100 characters and more, nothing is found.
const long = "lorem dolor sit amet, ".repeat(5);
const last = (characters: number) => "…" + long.slice(-characters);
const before = last(40);

const matches: [what: string, text: string, search: string, want: string][] = [
  ["at the beginning", "Oolong " + long, "oolong", "Oolong " + long],
  ["40 characters from the beginning", "x".repeat(40) + "Oolong", "oolong", "x".repeat(40) + "Oolong"],
  ["41 characters from the beginning", "x".repeat(41) + "Oolong", "oolong", "…" + "x".repeat(40) + "Oolong"],
  ["in the middle", long + "Oolong tea" + long, "oolong", before + "Oolong tea" + long],
  ["at the end", long + "Oolong", "oolong", before + "Oolong"],
  ["the first of two", long + "Oolong, oolong", "oolong", before + "Oolong, oolong"],
  ["several words", long + "green oolong tea", "oolong tea", last(34) + "green oolong tea"],
  ["in the title or a tag only", long, "oolong", long],
  ["in an empty text", "", "oolong", ""],
  ["of nothing", long, "", long],
  ["of a sign that the title has", "a" + long, "+", "a" + long],
  ["with much behind it", long + "tea" + "🍵".repeat(200), "tea", before + "tea" + "🍵".repeat(117) + "…"],
  ["behind the words of a link", long + "see [the green tea shop](https://shop.example/teas), Oolong", "oolong", "…n tea shop, Oolong"],
  ["in a link", long + "see [the shop](https://shop.example), Oolong", "shop", last(31) + "see [the shop](https://shop.example), Oolong"],
  ["of spaces around a word", long + "Oolong", " oolong ", before + "Oolong"],
  ["in two lines: there is none", long + "green\ntea", "green tea", long + "green\ntea"],
  ["of a letter with a mark that the text does not have", long + "cafe", "café", long + "cafe"],
  ["of a pattern", long + "(a+b)*c é?", "+B)*C é?", last(38) + "(a+b)*c é?"],

  ["ss in ß", long + "Straße", "STRASSE", before + "Straße"],
  ["ß in ss", long + "Strasse", "straße", before + "Strasse"],
  ["after many ß", "ß".repeat(100) + "Straße", "strasse", "…" + "ß".repeat(40) + "Straße"],
  ["ẞ", long + "STRAẞE", "strasse", before + "STRAẞE"],
  ["İ", "İ".repeat(100) + "İstanbul", "istanbul", "…" + "İ".repeat(40) + "İstanbul"],
  ["ı", long + "ısırgan", "isirgan", before + "ısırgan"],
  ["ﬁ", "ﬁ".repeat(100) + "ﬁne", "fine", "…" + "ﬁ".repeat(40) + "ﬁne"],
  ["the end of ﬃ", long + "oﬃce", "ice", last(39) + "oﬃce"],
  ["a final sigma", long + "ΟΔΥΣΣΕΥΣ", "οδυσσευς", before + "ΟΔΥΣΣΕΥΣ"],
  ["one that is not final in the text", long + "οδυσσευσα", "οδυσσευς", before + "οδυσσευσα"],
  ["a letter with an accent", long + "Café", "cafe", before + "Café"],
  ["a letter with a mark of its own", long + "Cafe\u0301", "café", before + "Cafe\u0301"],
  ["the one with the accent first", "resume" + long + "résumé", "résumé", before + "résumé"],
  ["after many marks", "e\u0301".repeat(100) + "Viê\u0323t", "viet", "…" + "e\u0301".repeat(20) + "Viê\u0323t"],
  ["letters with strokes", "ø".repeat(100) + "Smørrebrød", "smorrebrod", "…" + "ø".repeat(40) + "Smørrebrød"],
  ["two letters in one", "œ".repeat(100) + "Cœur d’Ærø", "coeur d'aero", "…" + "œ".repeat(40) + "Cœur d’Ærø"],
  ["quotes and dashes", long + "don’t 1914–1918", "don't 1914-1918", before + "don’t 1914–1918"],
  ["a soft hyphen", long + "hy\u00adphen", "hyphen", before + "hy\u00adphen"],
  ["full width", long + "ｆｕｌｌ　ｗｉｄｔｈ", "full width", before + "ｆｕｌｌ　ｗｉｄｔｈ"],
  ["Hangul", long + "한국어", "국", last(39) + "한국어"],
  ["kana with voicing", "はは".repeat(50) + "ばば", "ばば", "…" + "は".repeat(40) + "ばば"],
  ["Arabic, without vowel points", "مُحَمَّد ".repeat(20) + "الشَّاي الأخضر", "الشاي", "…د " + "مُحَمَّد ".repeat(4) + "الشَّاي الأخضر"],
  ["Hebrew", long + "שָׁלוֹם", "שלום", before + "שָׁלוֹם"],
  ["Devanagari", "कुल " + long + "कल", "कल", before + "कल"],

  ["after emoji", "🍵".repeat(100) + "tea", "tea", "…" + "🍵".repeat(40) + "tea"],
  ["after emoji that are not whole pairs from the end", "🍵".repeat(100) + "x tea", "tea", "…" + "🍵".repeat(38) + "x tea"],
  ["an emoji", long + "🍵 tea", "🍵", before + "🍵 tea"],
  ["a letter of two units", "𠮷".repeat(100) + "𠮟\u0301x", "𠮟x", "…" + "𠮷".repeat(40) + "𠮟\u0301x"],
  ["after half an emoji", "\ud83c".repeat(100) + "tea", "tea", "…" + "\ud83c".repeat(40) + "tea"],
  ["after an emoji with a skin tone", "👍🏽".repeat(50) + "x tea", "tea", "…" + "👍🏽".repeat(19) + "x tea"],
  ["after a joined emoji", "👩\u200d🚀".repeat(20) + "tea", "tea", "…🚀" + "👩\u200d🚀".repeat(13) + "tea"],
  ["no mark without its letter", "e" + "\u0301".repeat(50) + "x tea", "tea", "…x tea"],
];

for (const [what, text, search, want] of matches) {
  test(`the place of a match: ${what}`, () => assert.equal(partAtMatch(text, search), want));
}
