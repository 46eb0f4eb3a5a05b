import assert from "node:assert/strict";
import { test } from "node:test";
import { saveImport, lastImport } from "./last_import";

test("a person gets the ids of their last import", async () => {
  assert.deepEqual(await lastImport("robin"), []);
  await saveImport("robin", ["a"]);
  await saveImport("robin", ["a", "b"]);
  assert.deepEqual(await lastImport("robin"), ["a", "b"]);
  await saveImport("robin", []);
  assert.deepEqual(await lastImport("robin"), []);
});

test("another person gets none, and the import is forgotten", async () => {
  await saveImport("robin", ["a"]);
  assert.deepEqual(await lastImport("noor"), []);
  assert.deepEqual(await lastImport("robin"), []);
});

test("after a day it is forgotten", async () => {
  await saveImport("robin", ["a"]);
  const { now } = Date;
  const day = 24 * 3600 * 1000;
  const later = (wait: number) => {
    const at = now() + wait;
    Date.now = () => at;
  };
  later(day - 60_000);
  assert.deepEqual(await lastImport("robin"), ["a"]);
  later(day + 60_000);
  assert.deepEqual(await lastImport("robin"), []);
  Date.now = now;
  assert.deepEqual(await lastImport("robin"), []);
});
