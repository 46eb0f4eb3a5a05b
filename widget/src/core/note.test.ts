import assert from "node:assert/strict";
import { test } from "node:test";
import { byPinnedThenNewest, contentOf, contains, sameContent, type Note } from "./note";
import { clean, excerpt } from "./text";

const note = (title: string, change: Partial<Note> = {}): Note => ({
  id: title, title, body: "", tags: [], pinned: false, version: 1, updatedAt: "2026-01-01T00:00:00Z", trashedAt: null, ...change,
});

test("pinned notes come first, then the newest change", () => {
  const notes = [
    note("old"),
    note("new", { updatedAt: "2026-03-01T00:00:00Z" }),
    note("old and pinned", { pinned: true }),
    note("new and pinned", { pinned: true, updatedAt: "2026-02-01T00:00:00Z" }),
    note("new in another zone", { updatedAt: "2026-03-01T01:00:00+02:00" }),
  ];
  assert.deepEqual(notes.sort(byPinnedThenNewest).map(({ title }) => title), ["new and pinned", "old and pinned", "new", "new in another zone", "old"]);
});

test("notes have the same content where everything that a person writes is the same", () => {
  const one = note("Oolong", { body: "spring", tags: ["tea"], pinned: true });
  assert(sameContent(one, { ...one, id: "other", version: 7 } as Note));
  for (const change of [{ title: "oolong" }, { body: "" }, { tags: [] }, { tags: ["tea", "green"] }, { pinned: false }]) assert(!sameContent(one, { ...one, ...change }));
  assert.deepEqual(contentOf(one), { title: "Oolong", body: "spring", tags: ["tea"], pinned: true });
});

const searches: [text: string, found: boolean][] = [
  ["", true], ["oolong", true], ["OOLONG", true], ["long s", false], ["harvest", true], ["GRÜN", true], ["grun", false], ["tea", true], ["black", false],
];

for (const [text, found] of searches) {
  test(`the note ${found ? "holds" : "doesn't hold"} “${text}”`, () => {
    assert.equal(contains({ title: "Oolong", body: "Spring harvest, Σίσυφοσ", tags: ["grün", "Tea"], pinned: false }, text), found);
  });
}

const excerpts: [body: string, want: string, search?: string][] = [
  ["plain", "plain"],
  ["# Heading", "Heading"],
  ["> quoted\n# and more", "quoted\nand more"],
  ["**bold**, _soft_, `code`, ~gone~", "bold, soft, code, gone"],
  ["snake_case stays", "snake_case stays"],
  ["see [the shop](https://shop.example) there", "see the shop there"],
  ["#tag is no heading", "#tag is no heading"],
  ["x".repeat(300), "x".repeat(200)],
  ["🍵".repeat(150), "🍵".repeat(100)],
  ["x" + "🍵".repeat(150), "x" + "🍵".repeat(99)],
  ["Tea: " + "x".repeat(60), "Tea: " + "x".repeat(60), "tea"],
  ["x".repeat(20) + "Tea", "x".repeat(20) + "Tea", "tea"],
  ["x".repeat(21) + "Tea", "…" + "x".repeat(20) + "Tea", "tea"],
  ["x".repeat(300) + "Tea", "…" + "x".repeat(20) + "Tea", "TEA"],
  ["x".repeat(300) + "Tea" + "x".repeat(300), "…" + "x".repeat(20) + "Tea" + "x".repeat(176), "tea"],
  ["x".repeat(300) + "**black** tea", "…" + "x".repeat(10) + "black tea", "tea"],
  ["🍵".repeat(50) + "xtea" + "🍵".repeat(100), "…" + "🍵".repeat(9) + "xtea" + "🍵".repeat(88), "tea"],
  ["شاي أسود ".repeat(20) + "شاي أخضر", "…" + "شاي أسود ".repeat(20).slice(-16) + "شاي أخضر", "أخضر"],
  ["x".repeat(300), "x".repeat(200), "tea"], // in the title or a tag
  ["x".repeat(100) + "thé", "x".repeat(100) + "thé", "the"], // in other letters
];

for (const [body, want, search] of excerpts) {
  test(`the excerpt of “${body.slice(0, 40)}”${search ? ` for ${search}` : ""}`, () => assert.equal(excerpt(body, search), want));
}

test("tabs and line breaks are no control characters to drop", () => {
  assert.equal(clean("a\tb\nc\rd\0e\x7ff"), "a\tb\nc\rdef");
});
