import "../testing/frame";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft, type Backend } from "../core/draft";
import type { Content, Note, Version } from "../core/note";
import { Problem } from "../core/problem";
import { type Undoing } from "../core/replacement";
import type { Notebook } from "../notebook";
import type { Toast } from "../notebook_listener";
import extras from "../locales/en.extras.json";
import { config } from "../config";
import { Versions } from "./versions";

Object.assign(config.messages, extras);

interface Element {
  type: string;
  props: { onClick?: () => void; onToggle?: (event: object) => void; children?: unknown };
}

/** The elements of a type in what is shown. */
function all(type: string, shown: unknown): Element[] {
  if (Array.isArray(shown)) return shown.flatMap((child) => all(type, child));
  const element = Object(shown) as Element;
  const below = element.props ? all(type, element.props.children) : [];
  return element.type === type ? [element, ...below] : below;
}

const text = (shown: unknown): string =>
  Array.isArray(shown) ? shown.map(text).join("") : shown && typeof shown === "object" ? text((shown as Element).props.children) : typeof shown === "string" ? shown : "";

const note = (version: number, body: string): Note => ({ id: "n1", version, title: "Tea", body, tags: [], pinned: false, updatedAt: "2026-01-01T00:00:00Z", trashedAt: null });
const version = (version: number, body: string): Version => ({ version, title: "Tea", body, tags: [], sealed: null, writtenAt: "2026-01-01T00:00:00Z" });

/** An open note. Its server has these earlier versions. Also returns what was asked of the server. */
function open(history: Version[], answer: (operation: string) => void = () => {}) {
  const asked: string[] = [];
  let stored = note(5, "hot water");
  const requests = {
    async request(operation: string, variables: { version?: number }) {
      asked.push(operation + (variables.version ?? ""));
      answer(operation);
      if (operation === "Versions") return { note: { history } };
      stored = note(stored.version + 1, history.find((kept) => kept.version === variables.version)!.body);
      return { payload: { note: stored } };
    },
  };
  const backend = {
    owner: "",
    update: async (_id: string, version: number, content: Content) => (asked.push("Update " + content.body), (stored = { ...stored, ...content, version: version + 1 })),
    onChange() {},
    onFailure() {},
  } as unknown as Backend;
  const draft = new Draft(backend, stored);
  const notebook = { ...requests, toast: null as Toast | null, onChange() {}, showToast: (text: string, undo?: Undoing, focus = true) => (notebook.toast = { text, undo }, notebook.focused = focus), focused: false };
  const show = () => Versions({ draft, notebook: notebook as unknown as Notebook });
  const click = async (name: string) => {
    all("button", show()).find((button) => text(button) === name)!.props.onClick!();
    await new Promise((again) => setTimeout(again, 20));
  };
  /** Opens all versions that are shown. */
  const unfold = () => all("details", show()).forEach((details) => details.props.onToggle!({ currentTarget: { open: true } }));
  return { asked, draft, notebook, show, click, unfold };
}

test("earlier versions are loaded when they are opened, and show what differs", async () => {
  const { asked, show, click, unfold } = open([version(3, "cold water"), version(1, "hot")]);
  assert.equal(asked.length, 0);
  await click("Earlier versions");
  assert.equal(all("ins", show()).length, 0, "nothing is compared before a version is opened");
  unfold();
  const [newest, oldest] = all("figure", show());
  assert.equal(text(all("ins", newest)), "cold");
  assert.equal(text(all("del", newest)), "hot");
  assert.equal(text(all("del", oldest)), " water");
  await click("Earlier versions");
  assert.equal(all("figure", show()).length, 0, "they are hidden again");
  assert.deepEqual(asked, ["Versions"]);
});

test("a version that says what the note says is not shown", async () => {
  const { show, click, unfold } = open([version(4, "hot water"), version(3, "cold water")]);
  await click("Earlier versions");
  unfold();
  assert.deepEqual(all("figure", show()).map((figure) => text(all("ins", figure))), ["cold"]);
});

test("a note without earlier versions says so", async () => {
  const { show, click } = open([]);
  await click("Earlier versions");
  assert(/No earlier versions yet/.test(text(show())));
});

test("what was typed is saved before a version is restored, and restoring is undone", async () => {
  const { asked, draft, notebook, click } = open([version(3, "cold water")]);
  await click("Earlier versions");
  draft.edit({ body: "very hot water" });
  await click("Restore");
  assert.deepEqual(asked, ["Versions", "Update very hot water", "RestoreVersion3", "Versions"]);
  assert.equal(draft.note.body, "cold water");
  assert.equal(notebook.toast!.text, "Restored.");
  notebook.toast!.undo!()!();
  await draft.save();
  assert.equal(draft.note.body, "very hot water");
  assert.equal(asked.at(-1), "Update very hot water");
});

test("restoring cannot be undone once the text has changed again", async () => {
  const { draft, notebook, click } = open([version(3, "cold water")]);
  await click("Earlier versions");
  await click("Restore");
  assert(notebook.toast!.undo!());
  draft.edit({ body: "cold water with ice" });
  assert.equal(notebook.toast!.undo!(), undefined);
  draft.edit({ body: "cold water" });
  assert(notebook.toast!.undo!(), "the restored text again");
});

test("what is typed while a version is being restored stays", async () => {
  const { draft, notebook, click } = open([version(3, "cold water")], (operation) => {
    if (operation === "RestoreVersion") draft.edit({ body: "hot water with milk" });
  });
  await click("Earlier versions");
  await click("Restore");
  assert.equal(draft.pending.content.body, "hot water with milk");
  assert.equal(notebook.toast!.undo!(), undefined);
});

test("Undo gets the focus, but not while the person writes", async () => {
  for (const [focus, typed, expected] of [
    ["button", "", true],
    ["textarea", "", true], // the live change came before the answer, and removed the button
    ["textarea", "hot water with milk", false],
    ["input", "", false],
  ] as const) {
    Object.assign(document, { activeElement: { matches: (selector: string) => selector.split(",").includes(focus) } });
    const { draft, notebook, click } = open([version(3, "cold water")], (operation) => {
      if (operation === "RestoreVersion" && typed) draft.edit({ body: typed });
    });
    await click("Earlier versions");
    await click("Restore");
    assert.equal(notebook.focused, expected, `${focus} ${typed}`);
  }
  Object.assign(document, { activeElement: null });
});

test("a version that cannot be opened says so, cannot be restored, and hides no other", async () => {
  const { show, click } = open([{ ...version(3, ""), problem: "This cannot be opened." }, version(1, "cold water")]);
  await click("Earlier versions");
  const [damaged, other] = all("details", show());
  assert(/This cannot be opened/.test(text(damaged)));
  assert.deepEqual([all("button", damaged).length, all("button", other).length], [0, 1]);
});

test("a version that cannot be restored leaves the note as it is", async () => {
  const { draft, notebook, click } = open([version(3, "cold water")], (operation) => {
    if (operation === "RestoreVersion") throw new Problem("network");
  });
  await click("Earlier versions");
  await click("Restore");
  assert.equal(draft.note.body, "hot water");
  assert(/connection failed/.test(String(notebook.toast!.text)));
});
