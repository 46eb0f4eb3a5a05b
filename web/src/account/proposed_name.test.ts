import assert from "node:assert/strict";
import { test } from "node:test";
import { asksForName, keepName } from "./proposed_name";

const stored = new Map<string, string>();
globalThis.localStorage = {
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => void stored.set(key, value),
} as Storage;

test("the name that a new account was given is recognized in any language of the page", () => {
  for (const name of ["Passkey account, May 3, 2026", "Passkey-Konto, 3. Mai 2026", "パスキーのアカウント 2026年5月3日"]) assert.equal(asksForName(name), true, name);
});

test("a name that a person has chosen is not asked for", () => {
  for (const name of ["Alice", "Passkey", "Passkey account", "Passkey account, ", "My Passkey account, May 3, 2026", ""]) assert.equal(asksForName(name), false, name);
});

test("a person who keeps the name is not asked again", () => {
  keepName();
  assert.equal(asksForName("Passkey account, May 3, 2026"), false);
});

test("nobody is asked where nothing can be stored: it would be each time", () => {
  const denied = () => { throw new DOMException("denied", "SecurityError"); };
  globalThis.localStorage = { getItem: denied, setItem: denied } as unknown as Storage;
  keepName();
  assert.equal(asksForName("Passkey account, May 3, 2026"), false);
});
