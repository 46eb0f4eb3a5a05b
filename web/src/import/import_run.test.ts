import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { DELETE, IMPORT, TRASH } from "../account/documents";
import { noteRequests } from "../account/note_requests";
import { RefusedError, UnreachableError } from "../http/post";
import { ImportRun } from "./import_run";
import type { ImportedNote } from "./imported_note";

const note = (n: number, more: Partial<ImportedNote> = {}): ImportedNote => ({ title: `${n}`, body: "", tags: [], pinned: false, trashed: false, changed: n, path: "a.md", ...more });

interface Sent {
  tenant: string;
  notes: { id: string; title: string }[];
}

/** A server that keeps notes by their ids, and refuses once for each error. */
function serve(...errors: Error[]) {
  const stored = new Map<string, string>();
  const batches: Sent[] = [];
  const trashed: string[] = [];
  noteRequests.request = (async (document: unknown, variables: Sent & { id: string }) => {
    if (document === IMPORT) {
      batches.push(variables);
      for (const { id, title } of variables.notes) stored.set(id, `${variables.tenant} ${title}`);
    }
    if (document === TRASH) trashed.push(stored.get(variables.id)!);
    if (document === DELETE && !stored.delete(variables.id)) throw new RefusedError("NOT_FOUND", "");
    const error = errors.shift();
    if (error) throw error;
    return {};
  }) as unknown as typeof noteRequests.request;
  return { stored, batches, trashed };
}

test("notes are stored in batches of one site, and those of the trash are moved there", async () => {
  const server = serve();
  const seen: number[] = [];
  const run = new ImportRun([...Array(25).keys()].map((n) => note(n, n > 21 ? { tenant: "t_paper", trashed: n === 24 } : {})), ({ tenant }) => tenant ?? "t_shop", () => seen.push(run.done));
  await run.run();
  assert.deepEqual(server.batches.map(({ tenant, notes }) => [tenant, notes.length]), [["t_shop", 20], ["t_shop", 2], ["t_paper", 3]]);
  assert.deepEqual(server.trashed, ["t_paper 24"]);
  assert.deepEqual(seen, [20, 22, 25]);
});

test("large notes are sent in smaller batches", async () => {
  const server = serve();
  await new ImportRun([...Array(5).keys()].map((n) => note(n, { body: "x".repeat(60_000) })), () => "t_shop", () => {}).run();
  assert.deepEqual(server.batches.map(({ notes }) => notes.length), [1, 1, 1, 1, 1]);
});

test("after an error it goes on where it was, and stores nothing twice", async () => {
  const server = serve(new RefusedError("RATE_LIMITED", "", { wait: 0.001 }), new UnreachableError());
  const run = new ImportRun([...Array(30).keys()].map((n) => note(n)), () => "t_shop", () => {});
  assert((await run.run().catch((error) => error)) instanceof UnreachableError);
  await run.run();
  assert.equal(server.stored.size, 30);
});

test("no space is said in its own words", async () => {
  serve(new RefusedError("BAD_USER_INPUT", "", { field: "body" }));
  const error = await new ImportRun([note(1)], () => "t_shop", () => {}).run().catch((error) => error);
  assert.equal((error as RefusedError).code, "out_of_space");
});

test("it stops, and undo deletes what was stored", async () => {
  const server = serve();
  const run = new ImportRun([...Array(60).keys()].map((n) => note(n)), () => "t_shop", () => run.done === 40 && run.stop());
  await run.run();
  assert.deepEqual([run.done, server.stored.size], [40, 40]);
  server.stored.delete([...server.stored.keys()][7]!); // the person has deleted one
  await run.undo();
  assert.deepEqual([run.done, server.stored.size], [0, 0]);
});
