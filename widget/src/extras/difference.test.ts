import assert from "node:assert/strict";
import { test } from "node:test";
import { difference, noteDifference } from "./difference";

/** The parts as text, with [-removed-] and {+added+}. */
const shown = (before: string, after: string) =>
  difference(before, after).map(([kind, text]) => (kind === "" ? text : kind === "del" ? `[-${text}-]` : `{+${text}+}`)).join("");

const cases: Record<string, [before: string, after: string, shown: string]> = {
  "two empty texts": ["", "", ""],
  "the same text": ["tea", "tea", "tea"],
  "a first text": ["", "tea", "{+tea+}"],
  "a removed text": ["tea", "", "[-tea-]"],
  "a word": ["two cups of tea", "two bowls of tea", "two [-cups-]{+bowls+} of tea"],
  "a word at the beginning": ["Green tea", "Black tea", "[-Green-]{+Black+} tea"],
  "a word at the end": ["tea with milk", "tea with honey", "tea with [-milk-]{+honey+}"],
  "a new line": ["a\nc", "a\nb\nc", "a\n{+b\n+}c"],
  "a repeated word": ["tea tea", "tea tea tea", "tea tea{+ tea+}"],
  "Japanese, which has no spaces": ["お茶を飲む", "水を飲む", "[-お茶-]{+水+}を飲む"],
  "nothing in common": ["a b", "c", "[-a b-]{+c+}"],
};

for (const [name, [before, after, wanted]] of Object.entries(cases)) {
  test(`difference: ${name}`, () => assert.equal(shown(before, after), wanted));
}

test("difference: the parts make both texts again", () => {
  let seed = 1;
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  const text = () => Array.from({ length: random(30) }, () => ["tea ", "milk ", "\n", "hot, ", "é"][random(5)]).join("");
  for (let i = 0; i < 500; i++) {
    const [before, after] = [text(), text()];
    const parts = difference(before, after);
    assert.equal(parts.filter(([kind]) => kind !== "ins").map(([, text]) => text).join(""), before);
    assert.equal(parts.filter(([kind]) => kind !== "del").map(([, text]) => text).join(""), after);
  }
});

test("difference: a word that was changed in a long text is found", () => {
  const words = Array.from({ length: 5000 }, (_, i) => `tea${i}`);
  const before = words.join(" ");
  const parts = difference(before, before.replace("tea2500 ", "milk "));
  assert.deepEqual(parts.map(([kind, text]) => [kind, kind && text]), [["", ""], ["del", "tea2500"], ["ins", "milk"], ["", ""]]);
});

test("difference: a character of two code units is not cut", () => {
  assert.deepEqual(difference("tea🍵hot", "tea🍶hot"), [["", "tea"], ["del", "🍵"], ["ins", "🍶"], ["", "hot"]]);
});

test("difference: long texts are compared by lines, or as a whole", () => {
  const lines = (word: string, count: number) => Array.from({ length: count }, (_, i) => `${word} ${i} ${word}`);
  const before = lines("tea", 400);
  const after = [...lines("milk", 150), ...before.slice(150, 250), ...lines("water", 150)];
  assert.equal(difference(before.join("\n"), after.join("\n")).filter(([kind]) => !kind).length, 1);
  assert.deepEqual(difference(lines("a", 5000).join("\n"), lines("b", 5000).join("\n")).map(([kind]) => kind), ["del", "ins"]);
});

test("difference: of a long text that both have, the ends are shown; of two notes that say the same, nothing", () => {
  const note = { title: "Tea", body: "x".repeat(1000) + " hot", tags: ["a"] };
  assert(noteDifference(note, note).every(([kind]) => !kind));
  const parts = noteDifference(note, { ...note, body: "x".repeat(1000) + " cold" });
  assert.deepEqual(parts.map(([kind, text]) => [kind, text.length]), [["", 201], ["del", 3], ["ins", 4], ["", 2]]);
  assert.deepEqual(noteDifference(note, { ...note, tags: [] }).filter(([kind]) => kind), [["del", "a"]]);
});
