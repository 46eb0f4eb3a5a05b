import assert from "node:assert/strict";
import { test } from "node:test";
import { readFragment } from "./account";

test("a link carries an operator's token alone", () => {
  assert.deepEqual(readFragment("#rl_AbC-1"), { token: "rl_AbC-1", other: false });
});

test("whatever else a link carries is no way in, and is said to be none", () => {
  for (const hash of ["#ABCDE-FGHJK-MNPQR", "#code=ABCDE", "#RL_AbC", "#link=rl_AbC", "# rl_AbC", "#invitation=in_x", "##rl_AbC"]) {
    assert.deepEqual(readFragment(hash), { token: "", other: true }, hash);
  }
});

test("an address without a fragment carries nothing", () => {
  for (const hash of ["", "#"]) assert.deepEqual(readFragment(hash), { token: "", other: false });
});
