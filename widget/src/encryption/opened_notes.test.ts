import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenedNotes } from "./opened_notes";
import { finder, searchable } from "./search_text";
import type { Note } from "../core/note";

function note(id: string, change: Partial<Note> = {}): Note {
  return { id, title: "", body: "", tags: [], pinned: false, version: 1, updatedAt: "2026-01-01T00:00:00Z", trashedAt: null, ...change };
}

const finds = (text: string, search: string) => finder(search)(searchable(text), () => text);

// The cases of db/search_text_test.go.
test("a search finds what the server's finds", () => {
  const found = [
    ["Spring harvest", "SPRING"],
    ["Straße", "STRASSE"], ["STRASSE", "straße"], ["STRAẞE", "strasse"], ["Straße", "STRAẞE"],
    ["ΟΔΥΣΣΕΥΣ", "οδυσσευς"], ["Οδυσσεύς", "ΟΔΥΣΣΕΥΣ"], ["λόγος", "ΛΟΓΟΣ"], ["λόγος", "λογοσ"],
    ["Cafe\u0301", "café"], ["café", "Cafe\u0301"], ["café", "cafe"], ["CAFÉ", "café"], ["Việt Nam", "viet"], ["Việt Nam", "VIỆT"],
    ["Résumé", "résume"], ["naïve", "NAIVE"], ["Ελληνικά", "ελληνικα"], ["ёлка", "елка"], ["Łódź", "lodz"], ["Smørrebrød", "smorrebrod"],
    ["İstanbul", "istanbul"], ["ISTANBUL", "istanbul"], ["ısırgan", "isirgan"], ["cœur", "coeur"], ["Ærø", "aero"],
    ["ﬁne", "FINE"], ["①②", "12"], ["ｆｕｌｌ ｗｉｄｔｈ", "full width"], ["ｶﾞｲﾄﾞ", "ガイド"], ["ガイド", "ｶﾞｲﾄﾞ"], ["㎏", "kg"], ["x²", "x2"], ["wait…", "wait..."],
    ["한국어", "한국어"], ["한국어".normalize("NFD"), "한국어"], ["日本茶", "本"],
    ["don’t", "don't"], ["don't", "don’t"], ["“so”", '"so"'], ["«so»", "„so“"], ["1914–1918", "1914-1918"], ["a\u00a0b", "a b"],
    ["hy\u00adphen", "hyphen"], ["zero\u200bwidth", "zerowidth"], ["שָׁלוֹם", "שלום"], ["مُحَمَّد", "محمد"], ["हिन्दी", "हिन्दी"], ["ไทย", "ไทย"], ["अ॒ग्निम्", "अग्निम्"],
    ["a" + "é".repeat(100) + "z", "e".repeat(100) + "Z"], ["x" + "ab".repeat(70) + "ö", "ab".repeat(70) + "o"],
    ["\ufdfa".repeat(3000) + "é", "É"],
    ["(a+b)*c é?", "+B)*C é?"], ["any", "\u0301"], ["any", "\u00ad"], ["any", " "],
  ] as const;
  for (const [text, search] of found) assert(finds(text, search), `${search} does not find ${text.slice(0, 40)}`);
  const missed = [
    ["cafe", "café"], ["café", "cafè"], ["resume", "résume"], ["o", "ø"], ["lodz", "łodz"],
    ["कुल", "कल"], ["は", "ば"], ["はは", "ばば"], ["ばば", "はは"], ["spring", "spring harvest"], ["", "a"], ["é", "ee"], ["aé", "éa"],
    ["日本", "茶"], ["x" + "é".repeat(99), "e".repeat(100)], ["aéc", "é."],
  ] as const;
  for (const [text, search] of missed) assert(!finds(text, search), `${search} finds ${text.slice(0, 40)}`);
});

test("notes are found by text, tag and trash, in the order of the list", () => {
  const notes = new OpenedNotes();
  notes.add(note("1", { title: "Oolong", tags: ["tea", "china"], updatedAt: "2026-01-03T00:00:00Z" }));
  notes.add(note("2", { body: "a cup of OOLONG", tags: ["tea"], updatedAt: "2026-01-04T00:00:00Z" }));
  notes.add(note("3", { title: "Sencha", tags: ["tea", "oolong-like"], pinned: true }));
  notes.add(note("4", { title: "oolong", tags: ["old"], trashedAt: "2026-01-05T00:00:00Z" }));
  const ids = (...filter: Parameters<OpenedNotes<Note>["find"]>) => notes.find(...filter).map(({ id }) => id);
  assert.deepEqual(ids(), ["3", "2", "1"]);
  assert.deepEqual(ids({ search: " oolong " }), ["3", "2", "1"]);
  assert.deepEqual(ids({ search: "cup", tag: "tea" }), ["2"]);
  assert.deepEqual(ids({ tag: "china" }), ["1"]);
  assert.deepEqual(ids({ tag: "chin" }), []);
  assert.deepEqual(ids({ search: "oolong", trashed: true }), ["4"]);
  assert.deepEqual(ids({ search: "Oolong tea" }), [], "a text in two lines");
});

test("the latest version counts, in whichever order they come", () => {
  const notes = new OpenedNotes();
  notes.add(note("1", { title: "second", version: 2 }));
  notes.add(note("1", { title: "first", version: 1 }));
  assert.deepEqual(notes.find({ search: "first" }), []);
  assert.equal(notes.find({ search: "second" }).length, 1);
  notes.add(note("1", { title: "second", version: 2, trashedAt: "2026-01-05T00:00:00Z" }));
  assert.equal(notes.find({ search: "second" }).length, 0);
  assert.equal(notes.find({ search: "second", trashed: true }).length, 1);
  notes.add(note("1", { title: "third", version: 3 }));
  assert.equal(notes.find({ search: "third" }).length, 1);
  notes.delete("1");
  assert.equal(notes.find().length, 0);
});

declare const process: { cpuUsage(): { user: number } };

/** Returns how many milliseconds of a processor an act takes. Other tests run at the same time, so the clock would show more. */
function cost(act: () => void): number {
  const start = process.cpuUsage().user;
  act();
  return Math.round((process.cpuUsage().user - start) / 1000);
}

test("5,000 notes of 32 MiB are searched fast", () => {
  const notes = new OpenedNotes();
  const words = ["tea", "Water", "harvest", "spring", "Straße", "café", "Łódź", "日本茶", "don’t", "42"];
  const all = Array.from({ length: 5000 }, (_, i) => {
    let body = "";
    for (let j = 0; body.length < 6000; j++) body += words[(i * 7 + j * j) % words.length] + " ";
    return note(`${i}`, { title: `Note ${i}`, body, tags: [`tag ${i % 20}`] });
  });
  const costs = [`adding: ${cost(() => all.forEach((one) => notes.add(one)))} ms`];
  for (const search of ["harvest", "note 4999", "nowhere", "cafe", "café", "日本茶 lodz", "nowhère"]) {
    const spent = cost(() => notes.find({ search }));
    costs.push(`${search}: ${spent} ms`);
    assert(spent < 1000, `${search} took ${spent} ms`);
  }
  console.log(costs.join(", "));
});
