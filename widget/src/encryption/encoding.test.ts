import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, fromBase64url } from "./encoding";
import { base64url } from "../bytes";

test("bytes of every length come back from base64url", () => {
  for (let length = 0; length < 300; length++) {
    const bytes = new Uint8Array(length).map((_, i) => (i * 89 + length) % 256);
    assert.deepEqual(fromBase64url(base64url(bytes)), bytes);
  }
});

test("only what base64url writes is decoded", () => {
  for (const text of ["A", "AAAAA", "AA=", "AA==", "A+", "A/", "A A", "AA\n", "ÄÄ", "AB", "AAB"]) {
    assert.equal(fromBase64url(text), null, text);
  }
});

test("parts are joined in their order", () => {
  assert.deepEqual(concat(new Uint8Array([1, 2]), new Uint8Array(), new Uint8Array([3])), new Uint8Array([1, 2, 3]));
});
