import assert from "node:assert/strict";
import { test } from "node:test";
import { circle } from "./cycles.mjs";

const graph = (edges) => new Map(Object.entries(edges).map(([from, to]) => [from, to.split(" ").filter(Boolean)]));

test("a graph without a circle", () => {
  assert.equal(circle(graph({ a: "b c", b: "c d", c: "d", d: "" })), undefined);
});

test("two modules that import each other", () => {
  assert.deepEqual(circle(graph({ a: "b", b: "c", c: "b" })), ["b", "c", "b"]);
});

test("a circle behind a module that was seen without one", () => {
  assert.deepEqual(circle(graph({ a: "b", b: "", c: "b d", d: "e", e: "c" })), ["c", "d", "e", "c"]);
});

test("a module that imports itself", () => {
  assert.deepEqual(circle(graph({ a: "a" })), ["a", "a"]);
});
