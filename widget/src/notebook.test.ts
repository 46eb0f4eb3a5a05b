import { failure, json, readyNotebook, respond, respondWith, saved, server, session, until } from "./testing/notebook_server";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft } from "./core/draft";
import { config } from "./config";
import { explainProblem } from "./explanation";
import { Notebook } from "./notebook";
import type { Session } from "./session";
import { readPage } from "./page";

for (const [reason, sentence] of [["too_long", "Diese Notiz ist zu lang."], ["something_new", "no"], [undefined, "no"]] as const) {
  test(`a refused text is explained in the language of the page: ${reason}`, async (context) => {
    Object.assign(config.messages, { too_long: "Diese Notiz ist zu lang." });
    server(() => failure("BAD_USER_INPUT", 200, {}, { field: "body", reason }));
    const notebook = readyNotebook();
    context.after(() => notebook.end());
    notebook.open(null);
    notebook.draft!.edit({ title: "Oolong" });
    await notebook.draft!.save();
    assert.equal(explainProblem(notebook.draft!.problem!), sentence);
  });
}

test("after a note was created, the extras may suggest something", async (context) => {
  server(saved);
  const notebook = readyNotebook();
  context.after(() => notebook.end());
  notebook.open(null);
  notebook.draft!.edit({ title: "Oolong" });
  await notebook.draft!.save();
  await until("suggested", () => (globalThis as { suggestedTo?: Notebook }).suggestedTo === notebook);
});

/** Somebody who has written nothing here. */
const reader = (): Session => ({ ...session, viewer: "u_2" });

/** Has the server answer each question for notes with one of these pages, and keeps what was asked. */
function pages(...answers: (Promise<void> | { notes: string[]; end: string | null })[]): { after: string | null; filter: object }[] {
  const asked: { after: string | null; filter: object }[] = [];
  respondWith(async (_, init) => {
    const { variables } = JSON.parse(String(init!.body));
    if (!variables.filter?.search) return new Promise(() => {}); // the stream
    asked.push(variables);
    let answer = await answers.shift()!;
    if (!answer) answer = (await answers.shift()!) as { notes: string[]; end: string | null };
    const { notes, end } = answer;
    const edges = notes.map((id) => ({ node: { id, title: id, body: "", tags: [], pinned: false, version: 1, updatedAt: "2026-01-01T00:00:00Z", trashedAt: null } }));
    return json({ data: { viewer: { id: "u_2", displayName: "Olive", sealing: "SERVER" }, notes: { edges, pageInfo: { hasNextPage: end !== null, endCursor: end } } } });
  });
  return asked;
}

const many = (n: number, prefix: string) => Array.from({ length: n }, (_, i) => prefix + i);

test("a page that is short is followed by the next one", async () => {
  const asked = pages({ notes: ["a"], end: "1" }, { notes: [], end: "2" }, { notes: ["b", "a"], end: "3" }, { notes: many(18, "c"), end: "4" }, { notes: ["d"], end: null });
  const states: string[] = [];
  const paint = () => states.push(`${notebook.state} ${notebook.visibleNotes.length}`);
  const notebook = new Notebook(reader(), new Set<Draft>(), { paint, onViewer() {}, onSessionEnded() {} });
  notebook.search = "x";
  await notebook.load();
  assert.deepEqual(asked.map(({ after }) => after), [null, "1", "2", "3"], "until it is full");
  assert.deepEqual(states.filter((state, i) => state !== states[i - 1]), ["loading 0", "following 1", "following 2", "ready 20"]);
  assert.deepEqual(notebook.notes.map(({ id }) => id), ["b", "a", ...many(18, "c")], "each once");
  assert.equal(notebook.cursor, "4");
  await notebook.load(true);
  assert.deepEqual(asked.at(-1)!.after, "4");
  assert.deepEqual([notebook.notes.length, notebook.cursor, notebook.state], [21, null, "ready"]);
  notebook.end();
});

test("the rest of a search that nobody asks for any more is not asked for", async () => {
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  const asked = pages({ notes: ["a"], end: "1" }, held, { notes: ["b"], end: "2" }, { notes: ["c"], end: null });
  const notebook = new Notebook(reader(), new Set<Draft>(), { paint() {}, onViewer() {}, onSessionEnded() {} });
  notebook.search = "x";
  const loading = notebook.load();
  await until("it goes on", () => asked.length === 2);
  notebook.setSearch("y");
  assert.equal(notebook.state, "loading");
  answer();
  await loading;
  await until("the other search is answered", () => notebook.state === "ready");
  assert.deepEqual(asked.map(({ after, filter }) => [after, (filter as { search: string }).search]), [[null, "x"], ["1", "x"], [null, "y"]]);
  assert.deepEqual(notebook.notes.map(({ id }) => id), ["c"]);
  notebook.end();
});

/** Stands for end-to-end encryption, which the notebook loads: what is sent is marked as sealed. */
function loadsEncryption(): void {
  config.extras = `data:text/javascript,${encodeURIComponent(`
    export const extras = {};
    export const open = (notebook, session, viewer, page) => {
      const request = notebook.request.bind(notebook);
      notebook.request = (operation, variables) => request(operation, variables.input ? { input: { ...variables.input, sealed: true } } : variables);
      return page;
    };`)}`;
}

test("in an encrypted session, nothing is sent before the first answer: it would be plain text", async (context) => {
  loadsEncryption();
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const sent: unknown[] = [];
  server((asked) => {
    sent.push((asked.variables.input as { sealed?: boolean }).sealed);
    return saved(asked);
  });
  const answerOthers = respond;
  respondWith(async (url, init) => {
    const { operationName } = JSON.parse(String(init!.body));
    if (operationName !== "Home") return answerOthers(url, init);
    await answered;
    return json({ data: { viewer: { id: "u_2", displayName: "Olive", sealing: "END_TO_END", vouched: false }, notes: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } } } });
  });
  const earlier = new Draft({ owner: "u_2" } as Notebook, null);
  earlier.pending.content = { title: "Sencha", body: "", tags: [], pinned: false };
  const notebook = new Notebook({ ...session, viewer: "u_2", sealed: true }, new Set([earlier]), { paint() {}, onViewer() {}, onSessionEnded() {} });
  context.after(() => notebook.end());
  const loading = notebook.load();
  notebook.open(null);
  const draft = notebook.draft!;
  draft.edit({ title: "Oolong" });
  await draft.save();
  await notebook.retry();
  assert.deepEqual([sent, draft.dirty, draft.status], [[], true, "offline"]);
  answer();
  await loading;
  await until("both drafts are saved", () => !draft.dirty && !earlier.dirty);
  assert.deepEqual(sent, [true, true]);
});

test("the first answer names the person, even if it comes after a search", async (context) => {
  loadsEncryption();
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const asked: string[] = [];
  respondWith(async (_, init) => {
    const { operationName } = JSON.parse(String(init!.body));
    if (operationName === "Changed") return new Promise(() => {});
    asked.push(operationName);
    if (operationName === "Home") await answered;
    return json({ data: { ...(operationName === "Home" && { viewer: { id: "u_1", displayName: "Olive", sealing: "END_TO_END" } }), notes: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } } } });
  });
  const viewers: string[] = [];
  const notebook = new Notebook({ ...session }, new Set<Draft>(), { paint() {}, onViewer: ({ id }) => viewers.push(id), onSessionEnded() {} });
  context.after(() => notebook.end());
  const loading = notebook.load();
  await until("the first page is asked for", () => asked.length === 1);
  notebook.setSearch("tea");
  answer();
  await loading;
  assert.deepEqual([viewers, notebook.viewer?.id, notebook.state], [["u_1"], "u_1", "loading"]);
  await until("the search is answered", () => notebook.state === "ready");
  assert.deepEqual([asked, viewers], [["Home", "Notes"], ["u_1"]]);

  const ended = new Notebook({ ...session }, new Set<Draft>(), { paint() {}, onViewer: ({ id }) => viewers.push(id), onSessionEnded() {} });
  const late = ended.load();
  ended.end();
  await late;
  assert.equal(viewers.length, 1, "an ended notebook names nobody");
});

test("on a page with a name, its notes further down are loaded, too, and a new note is kept with it", async () => {
  const note = (id: string, of: string) => ({ id, title: id, body: "", tags: [], pinned: false, version: 1, updatedAt: "2026-01-01T00:00:00Z", trashedAt: null, context: { id: of, title: "", url: "" } });
  const filters: object[] = [];
  const created: unknown[] = [];
  respondWith(async (_, init) => {
    const { operationName, variables } = JSON.parse(String(init!.body));
    if (operationName === "Changed") return new Promise(() => {});
    if (operationName === "Create") created.push(variables.input.context);
    if (variables.input) return json({ data: { payload: { note: { ...variables.input, version: 1, updatedAt: "2026-01-02T00:00:00Z", trashedAt: null } } } });
    filters.push(variables.filter);
    const { context } = variables.filter;
    const found = context ? [note("old", context)] : Array.from({ length: 20 }, (_, i) => note(`n${i}`, "other"));
    return json({ data: {
      viewer: { id: "u_1", displayName: "Olive", sealing: "SERVER" },
      notes: { edges: found.map((node) => ({ node })), pageInfo: { hasNextPage: !context, endCursor: context ? null : "c" } },
    } });
  });
  readPage({ context: "p1", page: ["Tea", "https://shop.example/tea"] });
  const notebook = new Notebook(session, new Set<Draft>(), { paint() {}, onViewer() {}, onSessionEnded() {} });
  await notebook.load();
  assert.deepEqual(filters, [{ trashed: false }, { trashed: false, context: "p1" }]);
  assert(notebook.notes.some(({ id }) => id === "old"));
  notebook.open(null);
  notebook.draft!.edit({ title: "Oolong" });
  readPage({ context: "p2", page: ["Coffee", "https://shop.example/coffee"] });
  await notebook.draft!.save();
  assert.deepEqual(created, [{ id: "p1", title: "Tea", url: "https://shop.example/tea" }], "the page on which it was begun");
  readPage({});
  filters.length = 0;
  await notebook.load();
  assert.deepEqual(filters, [{ trashed: false }], "a page without a name asks for nothing more");
  notebook.end();
});

for (const [what, found, asked, shown] of [
  ["25 in two pages", [many(20, "a"), many(5, "b")], 2, 25],
  ["some behind a page without any", [many(20, "a"), [], many(5, "b")], 3, 25],
  ["the newest hundred", Array.from({ length: 8 }, (_, i) => many(20, `${i}-`)), 5, 100],
] as [string, string[][], number, number][]) {
  test(`all notes of this page are loaded: ${what}`, async (context) => {
    const answers = [...found];
    const cursors: unknown[] = [];
    globalThis.fetch = async (_, init) => {
      const { operationName, variables } = JSON.parse(String(init!.body));
      if (operationName === "Changed") return new Promise(() => {});
      const of = variables.filter.context;
      if (of) cursors.push(variables.after);
      const ids = of ? answers.shift()! : many(20, "other");
      const edges = ids.map((id) => ({ node: { id, title: id, body: "", tags: [], pinned: false, version: 1, updatedAt: "2026-01-01T00:00:00Z", trashedAt: null, context: { id: of ?? "p2", title: "", url: "" } } }));
      const end = of ? `after ${cursors.length}` : "end";
      return json({ data: { viewer: { id: "u_2", displayName: "Olive", sealing: "SERVER" }, notes: { edges, pageInfo: { hasNextPage: !of || answers.length > 0, endCursor: end } } } });
    };
    readPage({ context: "p1", page: ["Tea", "https://shop.example/tea"] });
    context.after(() => readPage({}));
    const notebook = new Notebook({ ...session, viewer: "u_2" }, new Set<Draft>(), { paint() {}, onViewer() {}, onSessionEnded() {} });
    context.after(() => notebook.end());
    await notebook.load();
    const here = () => notebook.notes.filter((note) => note.context?.id === "p1").length;
    assert.deepEqual(cursors, [null, ...many(asked, "after ").slice(1)]);
    assert.equal(here(), shown);
    await notebook.load(true);
    assert.deepEqual([cursors.length, here()], [asked, shown], "and they stay while others are loaded");
  });
}
