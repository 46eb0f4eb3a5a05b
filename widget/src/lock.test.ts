import { installWebKit } from "./testing/webkit";
import assert from "node:assert/strict";
import { test } from "node:test";
import { hold, inTurn, isHeld, request } from "./lock";

test("WebKit is never asked for a lock", async () => {
  const asked = installWebKit();
  const release = await hold("page");
  assert.equal(await isHeld("page"), true);
  release();
  assert.equal(await inTurn("turn", async () => "done"), "done");
  assert.equal(await request("leader", {}, () => "led"), "led");
  assert.equal(asked(), 0);
});
