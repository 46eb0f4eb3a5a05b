import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { saveNotice, takeNotice } from "./notice";

const kept = new Map<string, string>();

globalThis.sessionStorage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
} as Storage;

test("nobody who only comes by an address is told that they are signed out, or that their account is gone", async () => {
  globalThis.location = { search: "?deleted", hash: "#deleted", pathname: "/account" } as Location;
  globalThis.history = { replaceState() {} } as unknown as History;
  globalThis.addEventListener = () => {};
  const { notice } = await import("./sign_in");
  assert.equal(notice.value, "");
});

test("what was kept is said once", () => {
  for (const [notice, said] of [["signed-out", "You are signed out."], ["deleted", "Your account and everything in it have been deleted."]] as const) {
    saveNotice(notice);
    assert.equal(takeNotice(), said);
    assert.equal(takeNotice(), "");
  }
});

test("what is no notice is not said", () => {
  for (const other of ["", "constructor", "toString", "SIGNED-OUT"]) {
    kept.set("aside:goodbye", other);
    assert.equal(takeNotice(), "");
  }
});

test("a browser that keeps nothing says nothing", () => {
  globalThis.sessionStorage = {
    getItem: () => { throw new DOMException("denied", "SecurityError"); },
    setItem: () => { throw new DOMException("denied", "SecurityError"); },
  } as unknown as Storage;
  saveNotice("deleted");
  assert.equal(takeNotice(), "");
});
