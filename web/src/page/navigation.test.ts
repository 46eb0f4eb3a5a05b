import assert from "node:assert/strict";
import { test } from "node:test";

let pushed = "";
let replaced = "";
const listeners: Record<string, ((event: object) => void)[]> = {};
globalThis.window = globalThis as unknown as typeof window;
globalThis.location = {
  origin: "https://aside.example", search: "?ui_locales=pt-BR", pathname: "/account/notes",
  replace: (to: string) => (replaced = to),
} as unknown as Location;
globalThis.history = { pushState: (_state: unknown, _title: string, to: string) => (pushed = to) } as unknown as History;
globalThis.document = { cookie: "", addEventListener: (type: string, listener: () => void) => (listeners[type] ??= []).push(listener) } as unknown as Document;
globalThis.indexedDB = { deleteDatabase() {} } as unknown as IDBFactory;
globalThis.addEventListener = () => {};
globalThis.scrollTo = () => {};
const { navigate } = await import("./navigation");
const { reloadSignedOut } = await import("../session/notice");

/** Uses a link, and returns its address. */
function use(href: string, type: string, how: object = { button: 1 }): string {
  const link = Object.assign(new URL(href, location.origin), { target: "", download: "" });
  const event = { target: { closest: () => link }, preventDefault() {}, ...how };
  for (const listener of listeners[type]!) listener(event);
  return link.href;
}

test("the language that the widget asked for stays when a person goes to another page", () => {
  navigate("/account/notes");
  assert.equal(pushed, "/account/notes?ui_locales=pt-BR");
});

test("it stays on the way to a page of its own, and in another tab", () => {
  for (const [type, how] of [["click", { button: 0 }], ["click", { button: 0, ctrlKey: true }], ["auxclick", { button: 1 }], ["contextmenu", { button: 2 }]] as const) {
    assert.equal(use("/recover", type, how), "https://aside.example/recover?ui_locales=pt-BR", type);
  }
  assert.equal(use("/account/passkeys", "auxclick"), "https://aside.example/account/passkeys?ui_locales=pt-BR");
});

test("no other address gets it", () => {
  for (const href of ["https://shop.example/account", "/console", "/docs/embedding", "/account?ui_locales=ja"]) {
    assert.equal(use(href, "click", { button: 0, ctrlKey: true }), new URL(href, location.origin).href);
  }
});

test("it stays after a person has signed out", () => {
  reloadSignedOut("signed-out");
  assert.equal(replaced, "/account?ui_locales=pt-BR");
});
