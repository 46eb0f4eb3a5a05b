import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { distinctNames } from "./distinct_names";

const at = (createdAt: string, name = "iCloud Keychain", device: string | null = "Safari · iPhone") => ({ name, device, createdAt });

/** Returns the names of passkeys, in their order. */
function name(...passkeys: { name: string; device: string | null; createdAt: string }[]): string[] {
  const names = distinctNames(passkeys.map((passkey, i) => ({ ...passkey, id: String(i) })));
  return passkeys.map((_, i) => names.get(String(i))!);
}

test("a name that one passkey has is enough", () => {
  assert.deepEqual(name(at("2026-05-03T12:00:00Z"), at("2026-05-03T12:00:00Z", "Work laptop")), ["iCloud Keychain", "Work laptop"]);
});

test("of passkeys with one name, each has its device and its day", () => {
  assert.deepEqual(name(at("2026-05-03T12:00:00Z"), at("2026-06-04T12:00:00Z"), at("2026-05-03T12:00:00Z", "iCloud Keychain", null)), [
    "iCloud Keychain · Safari · iPhone · May 3, 2026",
    "iCloud Keychain · Safari · iPhone · Jun 4, 2026",
    "iCloud Keychain · May 3, 2026",
  ]);
});

test("a device that is the name is said once", () => {
  assert.equal(name(at("2026-05-03T12:00:00Z", "Chrome", "Chrome"), at("2026-06-03T12:00:00Z", "Chrome", "Chrome"))[0], "Chrome · May 3, 2026");
});

test("of passkeys that were added on one day, each has its time", () => {
  const [first, second] = name(at("2026-05-03T12:00:00Z"), at("2026-05-03T12:30:00Z"));
  assert(/:00\D*$/.test(first!) && /:30\D*$/.test(second!), `${first}\n${second}`);
});

test("no two names are equal, whatever people call their passkeys", () => {
  const same = at("2026-05-03T12:00:00Z");
  const later = at("2026-05-03T12:30:00Z");
  const numbered = name(same, same).map((name) => ({ ...same, name }));
  for (const list of [[same, same, same, later, numbered[1]!, { ...same, name: "iCloud Keychain · 0" }], [same, same, ...numbered]]) {
    assert.equal(new Set(name(...list)).size, list.length, name(...list).join("\n"));
  }
});

test("from right to left, each part keeps its own direction, and the line has that of the page", () => {
  document.documentElement.dir = "rtl";
  try {
    assert.equal(name(at("2026-05-03T12:00:00Z", "مفتاح", "Chrome"), at("2026-06-04T12:00:00Z", "مفتاح", "Chrome"))[0], "\u2067\u2068مفتاح\u2069 · \u2068Chrome\u2069 · \u2068May 3, 2026\u2069\u2069");
  } finally {
    document.documentElement.dir = "ltr";
  }
});
