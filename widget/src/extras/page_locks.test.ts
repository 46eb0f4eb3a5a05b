import { installWebKit } from "../testing/webkit";
import assert from "node:assert/strict";
import { test } from "node:test";
import { PageLocks } from "./page_locks";

installWebKit();

const isHeld = (page: PageLocks, name: string) => page.request(name, { ifAvailable: true }, (lock) => !lock);

/** Holds a lock; resolves to what releases it. */
function hold(page: PageLocks, name: string): Promise<() => Promise<unknown>> {
  return new Promise((resolve) => {
    const held: Promise<unknown> = page.request(name, { mode: "shared" }, () => new Promise<void>((release) => resolve(() => (release(), held))));
  });
}

test("a lock is held as long as a page holds it", async () => {
  const [one, other, third] = [new PageLocks(), new PageLocks(), new PageLocks()];
  const release = await hold(one, "page");
  assert.equal(await isHeld(one, "page"), true);
  assert.equal(await isHeld(other, "page"), true);
  assert.equal(await isHeld(other, "another page"), false);
  await release();
  assert.equal(await isHeld(one, "page"), false);
  assert.equal(await isHeld(third, "page"), false);
});

test("pages that ask at once take turns", async () => {
  let now = 0;
  const turn = (page: PageLocks) =>
    page.request("turn", {}, async () => {
      assert.equal(++now, 1);
      await new Promise((later) => setTimeout(later, 10));
      now--;
    });
  await Promise.all([new PageLocks(), new PageLocks(), new PageLocks()].map(turn));
});

test("a turn that is not wanted any more is not taken", async () => {
  const [one, other] = [new PageLocks(), new PageLocks()];
  const release = await hold(one, "long turn");
  const end = new AbortController();
  let taken = false;
  const asked = other.request("long turn", { signal: end.signal }, () => (taken = true)).catch((reason: Error) => reason.name);
  end.abort();
  await release();
  assert.equal(await asked, "AbortError");
  assert.equal(taken, false);
});

test("an act that fails gives the lock back", async () => {
  const [one, other] = [new PageLocks(), new PageLocks()];
  const failed = one.request("failing", {}, () => Promise.reject(new Error("failed"))).catch((error: Error) => error.message);
  assert.equal(await failed, "failed");
  assert.equal(await other.request("failing", {}, () => "done"), "done");
});
