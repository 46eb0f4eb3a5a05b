import assert from "node:assert/strict";
import { test } from "node:test";
import { readInvitation } from "../console/invitation_link";
import { unescaped } from "./escape";

// Ends, beginnings and insides of escapes and of characters, and what no character is.
const broken = ["%", "%%", "%2", "a%", "%zz", "%u0041", "%FF", "%C3", "%C3%", "%E2%82", "%ED%A0%80", "%F8%88%80%80%80", "%00%"];

test("what is not an escape stays as it is written", () => {
  for (const part of broken) assert.equal(unescaped(part), part);
});

test("an escape is what it stands for", () => {
  for (const part of ["", "notes", "a b", "%", "ä€😀", "inv_/?#"]) assert.equal(unescaped(encodeURIComponent(part)), part);
});

test("a link of an invitation that was broken is an invitation still, which the server refuses", () => {
  for (const part of broken) assert.equal(readInvitation("#invitation=" + part), part);
  assert.equal(readInvitation("#invitation=inv_A%2DB"), "inv_A-B");
  for (const hash of ["", "#", "#invitation", "#invitation=", "#other=%", "%"]) assert.equal(readInvitation(hash), "");
});
