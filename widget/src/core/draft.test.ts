import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft, type Backend } from "./draft";
import type { Content, Note, NoteContext } from "./note";
import { Problem } from "./problem";

/** A server that does what it is told, and then takes what it is sent. */
function backend(...answers: (string | "lost")[]): Backend & { sent: { id: string; version: number; content: Content }[]; problems: string[] } {
  let stored: Note | null = null;
  const take = (id: string, version: number, content: Content): Promise<Note> => {
    self.sent.push({ id, version, content });
    const answer = answers.shift();
    if (answer && answer !== "lost") throw new Problem(answer);
    if (stored && (version !== stored.version || version === 0)) {
      if (version === 0 && JSON.stringify(stored) === JSON.stringify({ ...stored, ...content })) return Promise.resolve(stored);
      throw new Problem("CONFLICT", "", stored);
    }
    stored = { ...content, id, version: version + 1, updatedAt: new Date().toISOString(), trashedAt: null };
    if (answer === "lost") throw new Problem("INTERNAL"); // it arrived, and the answer is a proxy's error page
    return Promise.resolve(stored);
  };
  const self = {
    owner: "u",
    sent: [] as { id: string; version: number; content: Content }[],
    problems: [] as string[],
    create: async (id: string, content: Content, _page?: NoteContext) => take(id, 0, content),
    update: async (id: string, version: number, content: Content) => take(id, version, content),
    move: async () => { throw new Problem("NOT_FOUND"); },
    onChange() {},
    onFailure: ({ code }: Problem) => void self.problems.push(code),
  };
  return self;
}

for (const code of ["network", "INTERNAL", "RATE_LIMITED"]) {
  test(`after ${code} the same text is sent again, and the status says that it waits`, async () => {
    const server = backend(code);
    const draft = new Draft(server, null);
    draft.edit({ title: "Oolong" });
    await draft.save();
    assert.equal(draft.status, code === "network" ? "offline" : "waiting");
    assert.equal(draft.mark, "unkept", "only what is on the device is said to be");
    draft.stored = true;
    assert.equal(draft.mark, draft.status);
    draft.edit({ title: "Oolong, and more" });
    await draft.save();
    assert.deepEqual(server.sent.map(({ content }) => content.title), ["Oolong", "Oolong", "Oolong, and more"]);
    assert.equal(draft.status, "saved");
    assert.equal(draft.mark, "");
    assert.deepEqual(server.problems, [code]);
  });
}

test("what arrived before an outage is no conflict, whatever was typed since", async () => {
  const server = backend("", "lost");
  const draft = new Draft(server, null);
  draft.edit({ title: "one" });
  await draft.save();
  draft.edit({ title: "two" });
  await draft.save();
  assert.equal(draft.status, "waiting");
  draft.edit({ title: "three" });
  await draft.save();
  assert.equal(draft.theirs, null);
  assert.equal(draft.status, "saved");
  assert.equal(server.sent.at(-1)!.content.title, "three");
});

test("what the server refuses for good is marked, and not sent again by itself", async () => {
  const server = backend("BAD_USER_INPUT");
  const draft = new Draft(server, null);
  draft.edit({ title: "Oolong" });
  await draft.save();
  assert.equal(draft.mark, "unsaved");
});

test("control characters are dropped, and nothing else is", () => {
  const draft = new Draft(backend(), null);
  const control = Array.from({ length: 0xa0 }, (_, code) => code).filter((code) => code < 0x20 || code >= 0x7f);
  const text = `a${String.fromCharCode(...control)}b\u00a0\u200d\u200f👩‍👩‍👧\u2028é`;
  draft.edit({ title: text, body: text });
  const kept = "a\t\n\rb\u00a0\u200d\u200f👩‍👩‍👧\u2028é";
  assert.deepEqual(draft.pending.content, { title: kept, body: kept, tags: [], pinned: false });
});

test("a new note is created with the page on which it was begun, and again if it was deleted for good", async () => {
  const context = { id: "p1", title: "Tea", url: "https://shop.example/tea" };
  const pages: unknown[] = [];
  const server = { ...backend("network", "", "NOT_FOUND"), onFailure() {} };
  const create = server.create;
  server.create = (id, content, page) => (pages.push(page), create(id, content));
  const draft = new Draft(server, null);
  draft.pending.context = context;
  draft.edit({ title: "Oolong" });
  await draft.save();
  const later = new Draft(server, null, draft.key, JSON.parse(JSON.stringify(draft.pending)));
  await later.save();
  assert.deepEqual(pages, [context, context], "also on a later page");
  const known = new Draft(server, { ...later.pending.base!, context });
  known.edit({ title: "Sencha" });
  await known.save();
  await known.save();
  assert.deepEqual(pages.slice(2), [context]);
});
