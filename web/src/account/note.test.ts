import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf } from "./note";

for (const [title, body, name] of [
  ["Tea", "Green", "Tea"],
  [" ", "\n Green tea\nBlack tea", "Green tea"],
  ["", "---\nOrder it.\n", "Order it."],
  ["", "🍵", "🍵"],
  ["", "---\n\n***\n===", "Untitled"],
  ["", "", "Untitled"],
  ["", "x" + "🍵".repeat(80), "x" + "🍵".repeat(79) + "…"],
] as const) {
  test(`a note ${JSON.stringify([title, body])} is named ${name}`, () => assert.equal(nameOf({ title, body }), name));
}
