import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { accountUsed, forgetAccountUsed } from "./used_account";

const stored = new Map<string, string>();
const set: string[] = [];
let cookies = "";

beforeEach(() => {
  stored.clear();
  set.length = 0;
  cookies = "";
  globalThis.localStorage = { getItem: (key: string) => stored.get(key) ?? null, removeItem: (key: string) => void stored.delete(key) } as Storage;
  globalThis.document = {
    get cookie() {
      return cookies;
    },
    set cookie(cookie: string) {
      set.push(cookie);
    },
  } as Document;
});

test("a browser has used an account if the server's cookie says so, or an earlier release", () => {
  assert.equal(accountUsed(), false);
  cookies = "theme=dark; __Host-aside_used=1";
  assert.equal(accountUsed(), true);
  cookies = "";
  stored.set("aside:account-used", "1");
  assert.equal(accountUsed(), true);
});

test("it forgets both", () => {
  stored.set("aside:account-used", "1");
  forgetAccountUsed();
  assert.deepEqual([set, stored.size], [["__Host-aside_used=;path=/;secure;max-age=0"], 0]);
});

test("a browser that keeps nothing has used none", () => {
  globalThis.localStorage = { getItem: () => { throw new DOMException("denied", "SecurityError"); } } as unknown as Storage;
  assert.equal(accountUsed(), false);
  forgetAccountUsed();
});
