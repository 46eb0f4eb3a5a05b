import assert from "node:assert/strict";
import { test } from "node:test";

const root = { lang: "ar", dir: "rtl" };
const texts = { named: "{name}، {host}", notes: { zero: "لا شيء", one: "واحدة", two: "اثنتان", few: "{count} ملاحظات", many: "{count} ملاحظة", other: "{count} ملاحظة" } };
Object.assign(globalThis, {
  location: { host: "aside.example" },
  document: { documentElement: root, getElementById: () => ({ textContent: JSON.stringify(texts) }) },
});
const { formatDate, formatTime, formatWait, hasText, line, translate } = await import("./catalog");

test("a plural has the form of its number in the language", () => {
  for (const [count, want] of [[0, "لا شيء"], [1, "واحدة"], [2, "اثنتان"], [3, "\u20683\u2069 ملاحظات"], [11, "\u206811\u2069 ملاحظة"], [100, "\u2068100\u2069 ملاحظة"]] as const) {
    assert.equal(translate("notes", { count }), want);
  }
});

test("a value is isolated in right-to-left text, and inserted as it is in any other", () => {
  assert.equal(translate("named", { name: "$1 {host}" }), "\u2068$1 {host}\u2069، aside.example");
  root.dir = "ltr";
  assert.equal(translate("named", { name: "$1 {host}" }), "$1 {host}، aside.example");
});

test("only the catalog's own keys are texts", () => {
  assert(hasText("named"));
  for (const key of ["", "constructor", "toString", "__proto__"]) assert(!hasText(key), key);
});

test("a line of isolated parts has the direction of the page", () => {
  root.dir = "rtl";
  assert.equal(line("Chrome", "Linux"), "\u2067\u2068Chrome\u2069 · \u2068Linux\u2069\u2069");
  root.dir = "ltr";
  assert.equal(line("Chrome", "Linux"), "Chrome · Linux");
});

test("a day reads the same with and without its time", () => {
  for (const lang of ["en", "de", "es", "fr", "ja", "pt-BR", "ar"]) {
    root.lang = lang;
    assert(formatTime("2026-05-03T12:00:00Z").includes(formatDate("2026-05-03T12:00:00Z")), lang);
  }
});

test("dates and waits are in the language of the page", () => {
  root.lang = "de";
  assert.equal(formatDate("2026-05-03T12:00:00Z"), "3. Mai 2026");
  assert.equal(formatWait(1), "1 Sekunde");
  assert.equal(formatWait(90), "90 Sekunden");
  assert.equal(formatWait(91), "2 Minuten");
});
