import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { DELETE, IMPORT, NOTE_VERSION, TRASH } from "../account/documents";
import { noteRequests } from "../account/note_requests";
import { RefusedError, UnreachableError } from "../http/post";
import { ImportRun } from "./import_run";
import type { ImportedNote } from "./imported_note";

const note = (n: number, more: Partial<ImportedNote> = {}): ImportedNote => ({ title: `${n}`, body: "", tags: [], pinned: false, trashed: false, changed: n, path: "a.md", ...more });
const numbered = (count: number, more: (n: number) => Partial<ImportedNote> = () => ({})) => [...Array(count).keys()].map((n) => note(n, more(n)));
const runOf = (notes: ImportedNote[], onProgress: (run: ImportRun) => void = () => {}) => {
  const run: ImportRun = new ImportRun(notes, ({ tenant }) => tenant ?? "t_shop", () => onProgress(run));
  return run;
};

interface Stored {
  tenant: string;
  title: string;
  version: number;
  trashed: boolean;
}

interface Sent {
  tenant: string;
  notes: { id: string; title: string; context?: unknown }[];
}

const unreachable = new UnreachableError();
const refused = (field: string) => new RefusedError("BAD_USER_INPUT", "", { field });

/** A server with notes by their ids. It refuses titles, and fails a request by number, before or after it acts. */
class Server {
  stored = new Map<string, Stored>();
  deleted = new Set<string>();
  batches: Sent[] = [];
  requests = 0;
  refusal: (title: string) => Error | undefined = () => undefined;
  before = new Map<number, Error>();
  after = new Map<number, Error>();

  constructor() {
    noteRequests.request = (async (document: unknown, variables: Sent & { id: string }) => {
      const number = ++this.requests;
      this.#throw(this.before.get(number));
      const answer = document === IMPORT ? this.#import(variables) : this.#act(document, variables.id);
      this.#throw(this.after.get(number));
      return answer;
    }) as unknown as typeof noteRequests.request;
  }

  titles(trashed = false) {
    return [...this.stored.values()].filter((one) => one.trashed === trashed).map(({ title }) => title);
  }

  #throw(error?: Error) {
    if (error) throw error;
  }

  #import(sent: Sent) {
    this.batches.push(structuredClone(sent));
    for (const { id, title } of sent.notes) {
      this.#throw(this.refusal(title) ?? (this.deleted.has(id) ? new RefusedError("CONFLICT", "") : undefined));
      if (!this.stored.has(id)) this.stored.set(id, { tenant: sent.tenant, title, version: 1, trashed: false });
    }
    return {};
  }

  #act(document: unknown, id: string) {
    const found = this.stored.get(id);
    if (document === NOTE_VERSION) return { note: found ?? null };
    if (!found) throw new RefusedError("NOT_FOUND", "");
    if (document === TRASH) found.trashed = true;
    if (document === DELETE) {
      this.stored.delete(id);
      this.deleted.add(id);
    }
    return {};
  }
}

test("notes are stored in batches of one site, and those of the trash are moved there", async () => {
  const server = new Server();
  const seen = new Set<number>();
  await runOf(numbered(25, (n) => (n > 21 ? { tenant: "t_paper", trashed: n === 24 } : {})), ({ done }) => seen.add(done)).run();
  assert.deepEqual(server.batches.map(({ tenant, notes }) => [tenant, notes.length]), [["t_shop", 20], ["t_shop", 2], ["t_paper", 3]]);
  assert.deepEqual(server.titles(true), ["24"]);
  assert.deepEqual([...seen], [0, 20, 22, 25]);
});

test("large notes are sent in smaller batches", async () => {
  const server = new Server();
  await runOf(numbered(5, () => ({ body: "x".repeat(60_000) }))).run();
  assert.deepEqual(server.batches.map(({ notes }) => notes.length), [1, 1, 1, 1, 1]);
});

test("a page of another site stays a link in the text only", async () => {
  const server = new Server();
  const context = { id: "p", title: "Page", url: "https://shop.example/p" };
  await new ImportRun([note(1, { tenant: "t_shop", context }), note(2, { tenant: "t_other", body: "text", context })], () => "t_shop", () => {}).run();
  assert.deepEqual(server.batches[0]!.notes.map((sent) => [sent.context, (sent as unknown as ImportedNote).body]), [[context, ""], [undefined, "text\n\nhttps://shop.example/p"]]);
});

test("after an error it goes on where it was, and stores nothing twice", async () => {
  const server = new Server();
  server.before.set(1, new RefusedError("RATE_LIMITED", "", { wait: 0.001 }));
  server.after.set(3, unreachable);
  const run = runOf(numbered(30));
  await run.run();
  assert.deepEqual([run.error, run.running, run.complete, run.done], [unreachable, false, false, 20]);
  await run.run();
  assert.deepEqual([run.error, run.complete, server.stored.size], [null, true, 30]);
});

test("a note that the server refuses is named, and the others are stored", async () => {
  const server = new Server();
  server.refusal = (title) => (title === "3" ? refused("title") : title === "24" ? refused("tags") : undefined);
  const run = runOf(numbered(30));
  await run.run();
  assert.deepEqual([run.error, run.complete, run.refused, run.stored, server.stored.size], [null, true, ["3", "24"], 28, 28]);
  await run.undo();
  assert.deepEqual([run.complete, server.stored.size], [true, 0]);
});

test("a refusal that is not about a note ends the run", async () => {
  for (const error of [new RefusedError("BAD_USER_INPUT", "", { field: "body", reason: "of_tomorrow" }), new RefusedError("NOT_FOUND", "")]) {
    const server = new Server();
    server.refusal = (title) => (title === "2" ? error : undefined);
    const run = runOf(numbered(5));
    await run.run();
    assert.deepEqual([run.error, run.refused, server.stored.size], [error, [], 2]);
    await run.undo(); // of those before it in the batch, too
    assert.deepEqual([run.error, run.complete, server.stored.size], [null, true, 0]);
  }
});

// The text of an encrypted account is encrypted again each time, so the server sees another note with the same id.
test("a note that is stored already may be sent again with another content", async () => {
  const server = new Server();
  const run = runOf(numbered(3));
  server.after.set(1, unreachable);
  await run.run();
  server.refusal = () => new RefusedError("CONFLICT", "", { current: {} });
  await run.run();
  assert.deepEqual([run.error, run.complete, run.stored, server.stored.size], [null, true, 3, 3]);
});

test("a note gets another id if a deleted one has its own", async () => {
  const server = new Server();
  const run = runOf(numbered(2));
  server.after.set(1, unreachable);
  await run.run();
  const [first] = server.stored.keys();
  server.stored.delete(first!);
  server.deleted.add(first!);
  await run.run();
  assert.deepEqual([run.complete, run.stored, server.titles().sort()], [true, 2, ["0", "1"]]);
});

test("undo removes all that was sent: after a lost answer, too, and while the server may still be storing", async () => {
  for (const lost of ["before", "after"] as const) {
    const server = new Server();
    server[lost].set(2, unreachable);
    const run = runOf(numbered(30));
    await run.run();
    assert.equal(run.undoable, true);
    await run.undo();
    assert.deepEqual([run.error, run.complete, server.stored.size, server.deleted.size], [null, true, 0, 30]);
  }
});

test("it stops, and undo removes what was stored", async () => {
  const server = new Server();
  const run = runOf(numbered(60), (run) => run.done === 40 && run.stop());
  await run.run();
  assert.deepEqual([run.done, run.complete, server.stored.size], [40, false, 40]);
  server.stored.delete([...server.stored.keys()][7]!); // the person has deleted one
  await run.undo();
  assert.deepEqual([run.done, run.count, run.complete, server.stored.size], [40, 40, true, 0]);
});

test("an undo that ended too early goes on as an undo, and can be stopped", async () => {
  const server = new Server();
  let stopAt = 3;
  const run = runOf(numbered(5), (run) => run.direction === "undo" && run.done === stopAt && run.stop());
  await run.run();
  server.before.set(4, unreachable);
  await run.undo();
  assert.deepEqual([run.error, run.direction, run.done, run.undoable], [unreachable, "undo", 1, false]);
  await run.run();
  assert.deepEqual([run.error, run.done, run.count, server.batches.length, server.stored.size], [null, 3, 5, 1, 2]);
  stopAt = -1;
  await run.run();
  assert.deepEqual([run.complete, server.stored.size], [true, 0]);
});

test("stop ends the wait that the server asks for", async () => {
  const server = new Server();
  server.before.set(1, new RefusedError("RATE_LIMITED", "", { wait: 3600 }));
  const run = runOf(numbered(1));
  const ended = run.run();
  await new Promise((resolve) => setTimeout(resolve));
  run.stop();
  await ended;
  assert.deepEqual([run.error, run.running, run.done, server.requests], [null, false, 0, 1]);
});

test("undo moves notes that were changed since to the trash", async () => {
  const server = new Server();
  const run = runOf(numbered(3));
  await run.run();
  [...server.stored.values()][1]!.version = 2;
  await run.undo();
  assert.deepEqual([run.complete, run.kept, server.titles(), server.titles(true)], [true, 1, [], ["1"]]);
});

test("the ids are saved before they are sent, until they are removed", async () => {
  const server = new Server();
  let saved: string[] = [];
  const unknown = () => [...server.stored.keys()].filter((id) => !saved.includes(id)); // stored, though not saved
  server.refusal = (title) => {
    assert.deepEqual(unknown(), []);
    return title === "3" ? refused("title") : undefined;
  };
  const run = new ImportRun(numbered(30), () => "t_shop", () => {}, async (ids) => void (saved = ids));
  server.after.set(3, unreachable);
  await run.run();
  assert.deepEqual([run.error, unknown()], [unreachable, []]);
  await run.run();
  assert.deepEqual([run.complete, [...saved].sort()], [true, [...server.stored.keys()].sort()]);
  server.before.set(server.requests + 5, unreachable);
  await run.undo();
  assert.deepEqual([run.error, [...saved].sort()], [unreachable, [...server.stored.keys()].sort()]);
  await run.run();
  assert.deepEqual([run.complete, saved], [true, []]);
});

test("an import from before the page was loaded is undone by its ids", async () => {
  const server = new Server();
  let saved: string[] = [];
  const save = async (ids: string[]) => void (saved = ids);
  await new ImportRun(numbered(25), () => "t_shop", () => {}, save).run();
  server.stored.get(saved[3]!)!.version = 2;
  const run = ImportRun.restore([...saved, "never stored"], () => {}, save);
  assert.deepEqual([run.complete, run.undoable, run.restored], [true, true, true]);
  await run.undo();
  assert.deepEqual([run.error, run.complete, run.kept, server.titles(), server.titles(true), saved], [null, true, 1, [], ["3"], []]);
});
