import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { olderPasskeys, removePasskey } from "./recovery";
import type { PopupModules } from "./interaction";

const keychain = { name: "iCloud Keychain", createdAt: "2026-05-03T12:00:00Z", lastUsedAt: null };

test("two older passkeys of one name are told apart, by their labels and by the names of their buttons", async () => {
  const passkeys = [
    { ...keychain, id: "1", device: "Safari · iPhone", lastUsedAt: "2026-06-04T12:00:00Z" },
    { ...keychain, id: "2", device: "Safari · Mac" },
    { ...keychain, id: "3", name: "Windows Hello", device: "Edge · Windows" },
    { ...keychain, id: "4", device: "Chrome · Android" },
  ];
  const older = await olderPasskeys({ post: async () => ({ data: { viewer: { passkeys } } }) } as unknown as PopupModules);
  assert.deepEqual(older, [
    { id: "1", name: "iCloud Keychain · Safari · iPhone · May 3, 2026", label: "iCloud Keychain · Safari · iPhone · May 3, 2026 · Used Jun 4, 2026" },
    { id: "2", name: "iCloud Keychain · Safari · Mac · May 3, 2026", label: "iCloud Keychain · Safari · Mac · May 3, 2026 · Not used since then" },
    { id: "3", name: "Windows Hello", label: "Windows Hello · Edge · Windows · Added May 3, 2026 · Not used since then" },
  ]);
});

test("an older passkey needs no number to tell it from the new one, which isn't listed", async () => {
  const passkeys = [{ ...keychain, id: "1", device: "Safari · Mac" }, { ...keychain, id: "2", device: "Safari · Mac" }];
  const older = await olderPasskeys({ post: async () => ({ data: { viewer: { passkeys } } }) } as unknown as PopupModules);
  assert.deepEqual(older.map(({ name }) => name), ["iCloud Keychain"]);
});

/** Removes a passkey at a server that refuses, and returns what is said. */
function remove(language: string, extensions: object): Promise<string> {
  document.documentElement.lang = language;
  return removePasskey({ sendJSON: async () => ({}), readJSON: async () => ({ errors: [{ message: "In English.", extensions }] }) } as unknown as PopupModules, "1");
}

test("why a passkey stays is said in the language of the popup", async () => {
  assert(/^Only this passkey opens your notes/.test(await remove("en", { code: "CONFLICT", reason: "last_wrap" })));
  assert(/^Nur dieser Passkey öffnet/.test(await remove("de", { code: "CONFLICT", reason: "last_wrap" })));
  assert(/^Isso mudou/.test(await remove("pt-BR", { code: "CONFLICT" })));
  assert(/^その間に変更/.test(await remove("ja", { code: "CONFLICT", reason: "of_tomorrow" })));
  assert(/^[^A-Za-z]+$/.test(await remove("ar", { code: "NOT_FOUND" })));
});
