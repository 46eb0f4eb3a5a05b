import "../testing/frame";
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { App } from "../app";
import { Notebook } from "../notebook";
import type { Session } from "../session";
import { Problem } from "../core/problem";
import { Locks } from "../testing/locks";
import { Visitor } from "./visitor";

new Locks().install();
// What is to be asked a minute from now keeps no test waiting.
const later = globalThis.setTimeout;
globalThis.setTimeout = ((act: () => void, wait?: number) => (later(act, wait) as unknown as { unref(): number }).unref()) as typeof setTimeout;
const key = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"])) as CryptoKeyPair;

const notebooks: Notebook[] = [];

/** Runs a test and ends its notebooks: their channels to other pages keep Node from ending. */
function check(name: string, act: () => Promise<void>): void {
  test(name, async () => {
    try {
      await act();
    } finally {
      for (const notebook of notebooks.splice(0)) notebook.end();
    }
  });
}

/** A widget that shows notes: of a subject that the page has named, or of somebody it knows nothing of. */
function shows(subject: string | undefined): { app: App; visitor: Visitor } {
  const session: Session = { token: "token", key, subject, viewer: "u_1" };
  const app = new App(() => {});
  app.session = session;
  const notebook = new Notebook(session, new Set(), { paint() {}, onViewer() {}, onSessionEnded() {} });
  notebooks.push(notebook);
  app.view = { name: "notes", notebook };
  return { app, visitor: (app.visitor = new Visitor(app)) };
}

const failures = {
  "the page does not answer": () => Promise.reject(new Problem("network")),
  "the page's answer cannot be exchanged for want of a network": () => Promise.resolve("a.b.c"),
};

globalThis.fetch = () => Promise.reject(new TypeError("no network"));

for (const [name, answer] of Object.entries(failures)) {
  check(`${name} when it has asked for it: the former visitor's notes are out of sight`, async () => {
    const { app, visitor } = shows("joe");
    await visitor.identify(answer());
    assert.equal(app.view.name, "signedOut");
    assert.equal(app.session, null);
  });

  check(`${name} when the widget has asked: the notes stay`, async () => {
    const { app, visitor } = shows("joe");
    await visitor.identify(answer(), true);
    assert.equal(app.view.name, "notes");
  });

  check(`${name}, and the notes are of somebody it has never named: they stay`, async () => {
    const { app, visitor } = shows(undefined);
    await visitor.identify(answer());
    assert.equal(app.view.name, "notes");
  });
}
