import { forceCloseDatabase } from "fake-indexeddb";
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { remove, save, loadOrSave, load, loadAll, write } from "./store";

const { open } = IDBFactory.prototype;

/** Has the browser open databases so, until it is given back. */
function opening(how: (this: IDBFactory, ...what: Parameters<IDBFactory["open"]>) => IDBOpenDBRequest): () => void {
  IDBFactory.prototype.open = how;
  return () => (IDBFactory.prototype.open = open);
}

/** Closes every connection that is open, as iOS does to pages in the background. */
let connections: IDBDatabase[] = [];
function closeBehindOurBack(): void {
  for (const connection of connections.splice(0)) forceCloseDatabase(connection as never);
}

opening(function (...what) {
  const request = open.apply(this, what);
  request.addEventListener("success", () => connections.push(request.result));
  return request;
});
const watched = IDBFactory.prototype.open;

test("what is kept is there, and what is forgotten isn't", async () => {
  await save("a 1", "one");
  await save("a 2", "two");
  assert.equal(await load("a 1"), "one");
  assert.deepEqual(await loadAll("a "), ["one", "two"]);
  await remove("a ");
  assert.equal(await load("a 1"), undefined);
});

test("the first value stays", async () => {
  assert.deepEqual(await Promise.all([loadOrSave("first", 1), loadOrSave("first", 2)]), [1, 1]);
  assert.equal(await load("first"), 1);
});

test("a connection that was closed is opened again", async () => {
  await write("closed", "before");
  for (const tell of [true, false]) {
    if (tell) closeBehindOurBack();
    else connections.splice(0).forEach((connection) => connection.close()); // without an event
    assert.equal(await load("closed"), "before");
    await write("closed", "before");
  }
});

test("a page doesn't stand in the way of a later release", async () => {
  await write("later", "text");
  const request = indexedDB.open("aside", 2);
  const blocked = new Promise((resolve) => (request.onblocked = resolve));
  const upgraded = new Promise((resolve) => (request.onsuccess = resolve));
  assert.equal(await Promise.race([blocked.then(() => "blocked"), upgraded.then(() => "upgraded")]), "upgraded");
  request.result.close();
  assert.equal(await load("later"), "text", "which has left its version");
});

/** Has the browser open nothing until it is let. */
function hangingOpen(): () => void {
  const waiting: (() => void)[] = [];
  opening(function (...what) {
    const request = { result: undefined as unknown } as unknown as IDBOpenDBRequest;
    waiting.push(() => {
      const real = watched.apply(this, what);
      real.onsuccess = real.onerror = (event) => {
        Object.assign(request, real.readyState === "done" && !real.error ? { result: real.result } : { error: real.error });
        request[`on${event.type as "success" | "error"}`]!(event);
      };
    });
    return request;
  });
  return () => {
    IDBFactory.prototype.open = watched;
    waiting.forEach((open) => open());
  };
}

test("what opens late is waited for no longer than a moment, and still done", async () => {
  closeBehindOurBack();
  const letOpen = hangingOpen();
  const begun = Date.now();
  const late = new Promise((found) => void load("later", found).then((now) => assert.equal(now, undefined)));
  await save("slow", "in memory");
  assert.equal(await load("slow"), "in memory");
  let refused = false;
  await write("slow too", "text").catch(() => (refused = true));
  assert(refused, "nobody is told that it is kept");
  assert(Date.now() - begun < 4000, "it was waited for each time");
  letOpen();
  assert.equal(await late, "text");
  assert.equal(await load("slow"), "in memory");
  assert.deepEqual(await loadAll("slow"), ["in memory"], "what was in memory alone is kept after all");
  await write("slow too", "text");
  assert.equal(await load("slow too"), "text");
});
