import "./testing/frame";
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pending } from "./core/draft";
import { Outbox } from "./outbox";
import { remove, loadAll, write } from "./store";
import { Locks, type LockBehavior } from "./testing/locks";
import { installWebKit } from "./testing/webkit";

let people = 0;

/** A person of their own, so that no test meets what another one kept. */
function person() {
  const viewer = `u_${++people}`;
  let pages = 0;
  const page = () => `page ${people} ${++pages}`;
  return { page, outbox: (name = page()) => new Outbox(viewer, name), kept: () => loadAll<{ page: string }>(`draft t_test https://shop.example ${viewer} `) };
}

function pending(body: string): Pending {
  return { id: "n1", base: null, content: { title: "", body, tags: [], pinned: false }, trashed: false, sent: null };
}

/** A browser with locks that behave so; a page releases its locks when it closes. */
function browser(behavior: LockBehavior = "grants"): Locks {
  const locks = new Locks();
  locks.behavior = behavior;
  locks.install();
  return locks;
}

test("what a page that is no more has left is taken over once, and then kept as the taker's own", async () => {
  browser();
  const { outbox, kept } = person();
  assert.equal(await outbox().save("d1", pending("written offline")), true);
  browser(); // that page was closed
  const next = outbox();
  assert.deepEqual(await next.restore(), [["d1", pending("written offline")]]);
  assert.deepEqual(await next.restore(), []);
  assert.deepEqual(await outbox().restore(), [], "a third page leaves it to the second one");
  assert.equal((await kept()).length, 1);
  assert.equal(await next.save("d1", null), true);
  assert.deepEqual(await kept(), []);
});

test("nothing is taken from a page that is still there", async () => {
  const locks = browser();
  const { outbox, page } = person();
  const name = page();
  const first = outbox(name);
  await first.save("d1", pending("still being written"));
  assert.deepEqual(await outbox().restore(), []);
  await first.save("d1", null);
  await first.save("d2", pending("more"));
  assert(locks.isHeld(name), "a page that keeps something shows that it is there");
  assert.deepEqual(await outbox().restore(), []);
});

test("a page that keeps nothing holds no lock", async () => {
  const locks = browser();
  const { outbox, page } = person();
  const name = page();
  const first = outbox(name);
  await first.save("d1", pending("text"));
  assert(locks.isHeld(name));
  await first.save("d1", null);
  await new Promise((later) => setTimeout(later));
  assert(!locks.isHeld(name));
});

// As the release before wrote it: with a key that was kept by itself, by a page that is no more.
test("what the release before stranded is found", async () => {
  browser();
  const { outbox, page, kept } = person();
  const place = `t_test https://shop.example u_${people} `;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const bytes = (text: string) => new TextEncoder().encode(text);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(place + "d1") }, key, bytes(JSON.stringify(pending("stranded"))));
  await write("seal " + place, key);
  const name = page();
  await write(`draft ${place}d1 ${name}`, { page: name, key: "d1", iv, text });
  assert.deepEqual(await outbox().restore(), [["d1", pending("stranded")]]);
  assert.equal((await kept()).length, 1);
});

test("in WebKit, too, what a page that is no more has left is taken over once", async () => {
  browser();
  const { outbox, kept } = person();
  await outbox().save("d1", pending("left by a page"));
  await outbox().save("d2", pending("left by another"));
  installWebKit();
  const next = outbox();
  assert.deepEqual((await next.restore()).map(([draft]) => draft).sort(), ["d1", "d2"]);
  assert.deepEqual(await outbox().restore(), [], "a third page leaves it to the second one");
  assert.equal(await next.save("d1", null), true);
  assert.equal(await next.save("d2", null), true);
  assert.deepEqual(await kept(), []);
});

test("two pages seal with one key", async () => {
  browser();
  const { outbox } = person();
  const [first, second] = [outbox(), outbox()];
  await Promise.all([first.save("d1", pending("one")), second.save("d2", pending("two"))]);
  browser(); // both were closed
  assert.equal((await outbox().restore()).length, 2);
});

test("what another person left is no other's", async () => {
  browser();
  const joe = person();
  await joe.outbox().save("d1", pending("Joe's"));
  browser();
  assert.deepEqual(await person().outbox().restore(), []);
  assert.equal((await joe.kept()).length, 1);
});

for (const behavior of ["throws", "refuses", "hangs", "is missing"] as const) {
  test(`where the browser's locks are "${behavior}", the page alone has the text, says so, and takes nothing`, async () => {
    browser();
    const { outbox, kept } = person();
    await outbox().save("d1", pending("left by a page"));
    browser(behavior);
    const here = outbox();
    assert.equal(await here.save("d2", pending("written here")), false);
    assert.deepEqual(await here.restore(), []);
    assert.equal((await kept()).length, 1, "only what was there");
    // Given back, as Firefox does after a sign-in, the next page finds it.
    browser();
    assert.equal((await outbox().restore()).length, 1);
  });
}

test("where storage is refused, the page alone has the text and says so", async () => {
  browser();
  const { outbox } = person();
  const { indexedDB } = globalThis;
  await remove("nothing"); // the connection is there already
  const prototype = IDBDatabase.prototype;
  const { transaction } = prototype;
  prototype.transaction = () => {
    throw new DOMException("closed", "InvalidStateError");
  };
  Object.defineProperty(globalThis, "indexedDB", { configurable: true, value: { open: () => { throw new DOMException("no", "SecurityError"); } } });
  const here = outbox();
  assert.equal(await here.save("d1", pending("text")), false);
  assert.deepEqual(await here.restore(), []);
  prototype.transaction = transaction;
  Object.defineProperty(globalThis, "indexedDB", { configurable: true, value: indexedDB });
  assert.equal(await here.save("d1", pending("text")), true, "and keeps it where it can again");
});
