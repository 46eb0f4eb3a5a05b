// What a notebook does while the server can't answer.
import { failure, json, readyNotebook, saved, server, session, until, type Asked } from "./testing/notebook_server";
import assert from "node:assert/strict";
import { test } from "node:test";
import { request } from "./graphql";
import { Problem } from "./core/problem";

const html = (status: number, headers = {}) => new Response("<!doctype html><h1>Bad gateway</h1>", { status, headers });

const outages: Record<string, () => Response> = {
  "INTERNAL": () => failure("INTERNAL"),
  "INTERNAL with 500": () => failure("INTERNAL", 500),
  "500": () => html(500),
  "502 of a proxy": () => html(502),
  "503": () => failure("RATE_LIMITED", 503),
  "503 with another code": () => failure("BAD_USER_INPUT", 503),
  "503 of a proxy": () => html(503),
  "503 as JSON of another kind": () => json({ message: "no healthy upstream" }, 503),
  "504 of a proxy": () => html(504),
  "429": () => failure("RATE_LIMITED", 429),
  "429 of a proxy": () => html(429),
  "an answer that breaks off": () => new Response('{"data":', { status: 200 }),
  "no answer": () => { throw new TypeError("Failed to fetch"); },
};

for (const [name, answer] of Object.entries(outages)) {
  test(`a note that met an outage (${name}) is marked in the list, and saved by itself`, async () => {
    const asked: Asked[] = [];
    server((question) => {
      asked.push(question);
      return asked.length < 4 ? answer() : saved(question);
    });
    const marks = new Set<string | undefined>();
    const paint = () => notebook.notes.forEach((note) => marks.add(notebook.unsavedDraft(note)?.mark));
    const notebook = readyNotebook(paint);
    notebook.open(null);
    const draft = notebook.draft!;
    draft.edit({ title: "Oolong" });
    await until("saved", () => draft.status === "saved");
    assert(["offline", "waiting", "unkept"].some((mark) => marks.has(mark)), [...marks].join());
    assert.equal(new Set(asked.map(({ variables }) => variables.input.id)).size, 1, "one note, however often it was sent");
    notebook.end();
  });
}

test("a server that wants to be left alone is, whatever is typed", async () => {
  const asked: number[] = [];
  let down = true;
  const begun = Date.now();
  server((question) => {
    asked.push(Date.now() - begun);
    return down ? failure("RATE_LIMITED", 503, { "Retry-After": "1" }) : saved(question);
  });
  const notebook = readyNotebook();
  notebook.open(null);
  const draft = notebook.draft!;
  for (let i = 0; i < 5; i++) {
    draft.edit({ title: "Oolong " + i });
    await draft.save();
    assert.equal(draft.status, "waiting");
  }
  assert.equal(asked.length, 1);
  down = false;
  await until("saved", () => draft.status === "saved" && !draft.dirty);
  assert(asked[1]! - asked[0]! >= 990, `asked again after ${asked[1]! - asked[0]!} ms`);
  assert.equal(draft.pending.base!.title, "Oolong 4");
  notebook.end();
});

for (const [after, least, most] of [
  ["7", 7000, 7000],
  ["0", 0, 0],
  ["soon", 0, 0],
  ["-3", 0, 0],
  ["86400", 300_000, 300_000],
  ["a date in a minute", 50_000, 60_000],
  [new Date(0).toUTCString(), 0, 0],
] as const) {
  test(`Retry-After: ${after}`, async () => {
    server(() => html(503, { "Retry-After": after.startsWith("a date") ? new Date(Date.now() + 60_000).toUTCString() : after }));
    const problem: unknown = await request(session, "None").catch((thrown: unknown) => thrown);
    assert(problem instanceof Problem);
    assert(problem.wait >= least && problem.wait <= most, String(problem.wait));
  });
}

test("a note that the server can't take doesn't stand in the way of the others", async () => {
  server((question) => (question.variables.input.title === "poison" ? failure("INTERNAL", 500) : saved(question)));
  const notebook = readyNotebook();
  const drafts = ["poison", "tea", "coffee"].map((title) => {
    notebook.open(null);
    const draft = notebook.draft!;
    draft.pending.content = { ...draft.pending.content, title };
    notebook.onChange(draft);
    return draft;
  });
  notebook.draft = null;
  void notebook.flush();
  await until("the others", () => drafts.slice(1).every(({ dirty }) => !dirty));
  assert(drafts[0]!.dirty);
  notebook.end();
});
