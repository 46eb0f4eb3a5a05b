import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "./key_store";
import { SeenVersions } from "./seen_versions";
import { problemCode } from "../testing/problem_code";

function memory(): Values & { saves: number } {
  const values = new Map<string, unknown>();
  const store = {
    saves: 0,
    load: (name: string) => Promise.resolve(values.get(name)),
    save(name: string, value: unknown) {
      store.saves++;
      return Promise.resolve(void values.set(name, structuredClone(value)));
    },
    remove: () => Promise.resolve(),
  };
  return store;
}

/** Waits until everything is stored that has been seen so far: this memory answers at once. */
const stored = () => new Promise((resolve) => setTimeout(resolve));

const [sealed, other] = ["A".repeat(60), "A".repeat(50) + "B".repeat(10)];

test("an older version of a note is detected, on this page and later ones", async () => {
  const values = memory();
  const seen = new SeenVersions(values, "seen t_a ");
  seen.see("a", 3, sealed);
  seen.see("a", 3, sealed);
  seen.see("a", 5, other);
  seen.see("b", 1, null);
  assert.equal(await problemCode(() => seen.see("a", 4, other)), "older");
  await stored();
  const later = new SeenVersions(values, "seen t_a ");
  await later.load();
  assert.equal(await problemCode(() => later.see("a", 4, other)), "older");
  assert.equal(await problemCode(() => later.see("a", 5, other)), "");
  assert.equal(await problemCode(() => later.see("a", 6, sealed)), "", "a version that was restored");
});

test("another text of the same version is detected", async () => {
  const seen = new SeenVersions(memory(), "seen t_a ");
  seen.see("a", 3, sealed);
  assert.equal(await problemCode(() => seen.see("a", 3, other)), "older");
  assert.equal(await problemCode(() => seen.see("a", 3, null)), "older", "a plain one");
});

test("a person can go on with the version that the server offers", async () => {
  const values = memory();
  const seen = new SeenVersions(values, "seen t_a ");
  seen.see("a", 3, sealed);
  await stored();
  seen.forget("a");
  seen.see("a", 2, other);
  assert.equal(await problemCode(() => seen.see("a", 1, other)), "older");
  await stored();
  const later = new SeenVersions(values, "seen t_a ");
  await later.load();
  assert.equal(await problemCode(() => later.see("a", 2, other)), "", "a later page, too");
});

test("what two pages have seen is stored together", async () => {
  const values = memory();
  const [one, two] = [new SeenVersions(values, "seen t_a "), new SeenVersions(values, "seen t_a ")];
  one.see("a", 3, sealed);
  await stored();
  two.see("a", 2, sealed);
  two.see("b", 7, sealed);
  await stored();
  const later = new SeenVersions(values, "seen t_a ");
  await later.load();
  assert.equal(await problemCode(() => later.see("a", 2, sealed)), "older");
  assert.equal(await problemCode(() => later.see("b", 6, sealed)), "older");
});

test("many notes are stored at once, and only so many", async () => {
  const values = memory();
  const seen = new SeenVersions(values, "seen t_a ");
  for (let i = 0; i < 10_001; i++) seen.see(`${i}`, 2, sealed);
  await stored();
  assert(values.saves <= 2, `${values.saves} writes`);
  assert.equal(await problemCode(() => seen.see("0", 1, sealed)), "", "the one seen first was forgotten");
  assert.equal(await problemCode(() => seen.see("2", 1, sealed)), "older");
});

test("a browser that stores nothing detects what the page has seen", async () => {
  const refusal = () => Promise.reject(new Error("refused"));
  for (const values of [{ load: refusal, save: refusal, remove: refusal }, { load: () => Promise.resolve("something else"), save: refusal, remove: refusal }]) {
    const seen = new SeenVersions(values, "seen t_a ");
    await seen.load();
    seen.see("a", 3, sealed);
    await stored();
    assert.equal(await problemCode(() => seen.see("a", 2, sealed)), "older");
  }
});
