import { installWebKit } from "./testing/webkit";
import assert from "node:assert/strict";
import { test } from "node:test";
import { holdLock, isLockHeld, requestLock, withLock } from "./lock";

test("WebKit is never asked for a lock", async () => {
  const asked = installWebKit();
  const release = await holdLock("page");
  assert.equal(await isLockHeld("page"), true);
  release();
  assert.equal(await withLock("turn", async () => "done"), "done");
  assert.equal(await requestLock("leader", {}, () => "led"), "led");
  assert.equal(asked(), 0);
});
