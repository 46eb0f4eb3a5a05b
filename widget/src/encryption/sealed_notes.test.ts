import assert from "node:assert/strict";
import { test } from "node:test";
import { sealNote, type NoteText } from "./sealed_note";
import { SealedNotes, type NoteSource, type SealedNote } from "./sealed_notes";
import { SeenVersions } from "./seen_versions";
import { pageSize, type Version } from "../core/note";
import { importTenantKey } from "./tenant_key";
import { problemCode } from "../testing/problem_code";

const tenant = "t_shop";
const key = await importTenantKey(crypto.getRandomValues(new Uint8Array(32)));
const idOf = (n: number) => `0198f0c2-0000-7000-8000-${String(n).padStart(12, "0")}`;

async function sealed(n: number, text: Partial<NoteText> = {}, change: Partial<SealedNote> = {}): Promise<SealedNote> {
  const id = idOf(n);
  return {
    id, title: "", body: "", tags: [], pinned: false, version: 1, updatedAt: `2026-01-01T00:00:0${n}Z`, trashedAt: null, sealing: "END_TO_END",
    sealed: await sealNote({ title: "Oolong", body: "", tags: [], ...text }, key, id, tenant), ...change,
  };
}

/** The notes of a session on a server with these, two on each page. */
function session(server: SealedNote[], source: Partial<NoteSource<SealedNote>> = {}, seen: SeenVersions | null = null) {
  const asked: unknown[] = [];
  const notes = new SealedNotes<SealedNote>(
    {
      key: async () => key,
      tenant: () => tenant,
      reload: async (id) => (asked.push(id), server.find((note) => note.id === id) ?? null),
      page: async (trashed, after) => {
        asked.push([trashed, after]);
        const fitting = server.filter((note) => !!note.trashedAt === trashed);
        const start = Number(after ?? 0);
        const more = start + 2 < fitting.length;
        return { edges: fitting.slice(start, start + 2).map((node) => ({ node })), pageInfo: { hasNextPage: more, endCursor: more ? String(start + 2) : null } };
      },
      explain: (reason) => `not opened: ${reason}`,
      ...source,
    },
    seen,
  );
  return { notes, asked };
}

test("a note arrives opened, and is sent sealed with its context", async () => {
  const context = { id: "p1", title: "Tea", url: "https://shop.example/tea" };
  const note = await sealed(1, { body: "spring", tags: ["tea"], context });
  const { notes } = session([note]);
  const opened = await notes.open(note);
  assert.deepEqual([opened.title, opened.body, opened.tags, opened.sealing], ["Oolong", "spring", ["tea"], "END_TO_END"]);
  const input = await notes.seal(note, { title: "Oolong", body: "autumn", tags: [], pinned: true });
  assert.deepEqual(Object.keys(input).sort(), ["pinned", "sealed"]);
  const again = await notes.open({ ...note, version: 2, sealed: input.sealed });
  assert.deepEqual([again.body, again.context], ["autumn", context]);
});

test("notes are kept without their sealed texts, which take more memory than all the rest", async () => {
  const note = await sealed(1, { body: "spring" });
  const { notes } = session([note]);
  assert.equal((await notes.open(note)).sealed, note.sealed);
  const { edges } = await notes.find({ search: "spring" });
  assert.deepEqual([notes.known(note.id)?.sealed, edges.map(({ node }) => node.sealed)], [null, [null]]);
});

test("a new note is sealed with the page on which it was begun", async () => {
  const context = { id: "p1", title: "Tea", url: "https://shop.example/tea" };
  const { notes } = session([]);
  const fresh = { id: idOf(9), version: 0 } as SealedNote;
  const { sealed: text } = await notes.seal(fresh, { title: "Oolong", body: "", tags: [], pinned: false, context });
  assert(!text.includes("Tea"));
  assert.deepEqual((await notes.open({ ...(await sealed(9)), sealed: text })).context, context);
});

test("an earlier version opens as a text of its note, and of no other", async () => {
  const [note, other] = [await sealed(1, { body: "autumn" }), await sealed(2)];
  const { notes } = session([note, other]);
  await notes.open(note);
  await notes.open(other);
  const version: Version = { version: 1, title: "", body: "", tags: [], sealed: (await sealed(1, { body: "spring", tags: ["tea"] })).sealed!, writtenAt: note.updatedAt };
  assert.deepEqual(await notes.openVersions(note.id, [version]), [{ ...version, title: "Oolong", body: "spring", tags: ["tea"] }]);
  // One that cannot be opened says so, and the others are there.
  assert.deepEqual(await notes.openVersions(other.id, [version, { ...version, sealed: other.sealed! }]), [
    { ...version, problem: "not opened: damaged" },
    { ...version, sealed: other.sealed, title: "Oolong", body: "", tags: [] },
  ]);
  assert.equal((await notes.find({})).edges.find(({ node }) => node.id === note.id)!.node.body, "autumn", "the note stays as it is");
});

test("a note of the server's is read as it is, and sent sealed", async () => {
  const note = { ...(await sealed(1)), sealing: "SERVER" as const, sealed: null, title: "Plain", body: "text" };
  const { notes } = session([note]);
  assert.equal((await notes.open(note)).title, "Plain");
  assert(!JSON.stringify(await notes.seal(note, note)).includes("Plain"));
});

for (const [reason, change, source] of [
  ["damaged", { sealed: "AAAA" }, {}],
  ["locked", {}, { key: async () => null }],
] as const) {
  test(`a note that is ${reason} says so, and is never replaced`, async () => {
    const note = { ...(await sealed(1)), ...change };
    const { notes } = session([note], source);
    const shown = await notes.open(note);
    assert.deepEqual([shown.title, shown.body, shown.sealed], [`not opened: ${reason}`, "", note.sealed]);
    assert.equal(await problemCode(() => notes.seal(note, { ...shown, body: "typed" })), reason);
    assert.deepEqual((await notes.find({ search: "not opened" })).edges, [], "a search finds no note by the sentence that stands for it");
  });
}

test("a new note is not sent while the notes are locked", async () => {
  const { notes } = session([], { key: async () => null });
  assert.equal(await problemCode(() => notes.seal({ id: idOf(9), version: 0 } as SealedNote, { title: "", body: "typed", tags: [], pinned: false })), "locked");
});

test("an older version is shown as such, unless a later answer had overtaken it", async () => {
  const values = { load: async () => undefined, save: async () => {}, remove: async () => {} };
  const [first, second] = [await sealed(1, { body: "first" }), await sealed(1, { body: "second" }, { version: 2 })];
  const restored = session([first], {}, new SeenVersions(values, "seen "));
  await restored.notes.open(second);
  assert.equal((await restored.notes.open(first)).title, "not opened: older");
  assert.deepEqual(restored.asked, [first.id]);
  const overtaken = session([second], {}, new SeenVersions(values, "seen "));
  await overtaken.notes.open(second);
  assert.equal((await overtaken.notes.open(first)).body, "second");
});

test("a search finds what is in the notes, after it has loaded all of them once", async () => {
  const server = await Promise.all([sealed(1, { body: "spring" }), sealed(2, { title: "Gift", body: "Spring" }), sealed(3, { tags: ["tea"] }), sealed(4, { body: "spring" }, { trashedAt: "2026-01-02T00:00:00Z" })]);
  const { notes, asked } = session(server);
  const ids = async (filter: object) => (await notes.find(filter)).edges.map(({ node }) => node.id);
  assert.deepEqual(await ids({ search: "SPRING" }), [idOf(2), idOf(1)]);
  assert.deepEqual(await ids({ tag: "tea" }), [idOf(3)]);
  assert.deepEqual(asked, [[false, null], [false, "2"]]);
  assert.deepEqual(await ids({ search: "spring", trashed: true }), [idOf(4)]);
  notes.forget(idOf(2));
  assert.deepEqual(await ids({ search: "spring" }), [idOf(1)]);
});

test("what a search finds comes in pages", async () => {
  const found = (n: number) => sealed(n, { body: "spring" }, { updatedAt: new Date(n * 1000).toISOString() });
  const { notes } = session(await Promise.all(Array.from({ length: pageSize + 2 }, (_, n) => found(n))));
  const first = await notes.find({ search: "spring" });
  assert.deepEqual([first.edges.length, first.pageInfo], [pageSize, { hasNextPage: true, endCursor: idOf(2) }]);
  await notes.open(await sealed(30, { body: "spring" }, { updatedAt: new Date(60_000).toISOString() }));
  const next = await notes.find({ search: "spring", after: first.pageInfo.endCursor });
  assert.deepEqual([next.edges.map(({ node }) => node.id), next.pageInfo.hasNextPage], [[idOf(1), idOf(0)], false]);
});
