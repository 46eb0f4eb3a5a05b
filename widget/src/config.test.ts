import assert from "node:assert/strict";
import { test } from "node:test";
import "./testing/frame";
import { date } from "./config";

test("a note of today shows its time, and an older one its date", () => {
  const at = new Date();
  at.setHours(0, 5, 0, 0);
  const today = date(at.toISOString());
  if (new Date().getDate() !== at.getDate()) return; // midnight has passed meanwhile
  assert.equal(today, at.toLocaleTimeString("en", { timeStyle: "short" }));
  at.setMinutes(-5); // yesterday
  assert.equal(date(at.toISOString()), at.toLocaleDateString("en", { dateStyle: "medium" }));
  assert.equal(date(at.toISOString(), "short"), at.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" }));
});
