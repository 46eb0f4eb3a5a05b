import "./testing/frame";
import assert from "node:assert/strict";
import { test } from "node:test";
import { page, readPage } from "./page";

test("a page that names itself is known by its id, title and URL", () => {
  assert.equal(readPage({ context: "p1", page: ["Tea", "https://shop.example/tea?a=b#leaf"] }), true);
  assert.deepEqual(page, { id: "p1", title: "Tea", url: "https://shop.example/tea?a=b" });
  assert.equal(readPage({ context: "p1", page: ["Green tea", "https://shop.example/tea"] }), false, "the same page");
  assert.equal(page?.title, "Green tea");
  assert.equal(readPage({ context: "p2", page: ["", ""] }), true);
  assert.equal(readPage({ context: null, page: null }), true, "what the loader sends of a page without a name");
  assert.equal(page, null);
  assert.equal(readPage({}), false);
});

test("a URL is kept only at the origin that may show the frame", () => {
  for (const url of ["https://evil.example/", "https://shop.example.evil/", "https://shop.example@evil.example/", "https://joe@shop.example/", "http://shop.example/", "javascript:alert(1)", "/tea", "https://shop.example", undefined]) {
    readPage({ context: "p1", page: ["Tea", url!] });
    assert.equal(page?.url, "", url);
  }
});

test("what is no id names no page", () => {
  for (const context of ["", "x".repeat(201), "\0", undefined]) {
    readPage({ context: context!, page: ["Tea", "https://shop.example/"] });
    assert.equal(page, null);
  }
});

test("what a page says of itself is at most as long as the API takes", () => {
  const characters = "\u{1f375}".repeat(200);
  readPage({ context: characters, page: [characters + "x".repeat(1 << 17), "https://shop.example/" + "x".repeat(1 << 17)] });
  assert.deepEqual(page, { id: characters, title: characters, url: "" });
  readPage({ context: characters, page: ["T\0ea", "https://shop.example/".padEnd(2000, "x") + "#" + "x".repeat(1 << 17)] });
  assert.deepEqual(page, { id: characters, title: "Tea", url: "https://shop.example/".padEnd(2000, "x") });
  readPage({ context: "p1", page: ["Tea", "https://shop.example/".padEnd(2001, "x")] });
  assert.equal(page?.url, "");
  readPage({ context: characters + "x", page: ["Tea", ""] });
  assert.equal(page, null);
});
