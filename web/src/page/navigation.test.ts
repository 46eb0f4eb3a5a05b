import assert from "node:assert/strict";
import { test } from "node:test";

let pushed = "";
globalThis.window = globalThis as unknown as typeof window;
globalThis.location = { search: "?ui_locales=pt-BR", pathname: "/account" } as Location;
globalThis.history = { pushState: (_state: unknown, _title: string, to: string) => (pushed = to) } as unknown as History;
globalThis.document = { addEventListener() {} } as unknown as Document;
globalThis.addEventListener = () => {};
globalThis.scrollTo = () => {};
const { navigate } = await import("./navigation");

test("the language that the widget asked for stays when a person goes to another page", () => {
  navigate("/account/notes");
  assert.equal(pushed, "/account/notes?ui_locales=pt-BR");
});
