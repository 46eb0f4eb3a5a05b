import assert from "node:assert/strict";
import { test } from "node:test";
import { importContentKey, newContentKey } from "./content_key";
import { convertNotes, type ConversionServer, type ConvertedNote, type ConvertibleNote } from "./conversion";
import type { AccountSealing, Sealing } from "./note_input";
import { openNote, sealNote, type NoteText } from "./sealed_note";
import { deriveTenantKey, importTenantKey } from "./tenant_key";
import { Problem } from "../core/problem";
import { problemCode } from "../testing/problem_code";

const contentKey = newContentKey();

async function keyOf(tenant: string, of = contentKey): Promise<CryptoKey> {
  return importTenantKey(await deriveTenantKey(await importContentKey(of), tenant));
}

function plain(n: number, body = `body ${n}`, tenant = "t_one"): ConvertibleNote {
  const id = `0192f3a4-0000-7000-8000-${String(n).padStart(12, "0")}`;
  return { id, version: 1, tenant, title: `note ${n}`, body, tags: ["tag"], context: null, sealing: "SERVER", sealed: null };
}

/** A server with some notes, which answers at once. */
class Server implements ConversionServer {
  state: AccountSealing = "CONVERTING";
  requests: ConvertedNote[][] = [];
  pages = 0;
  /** Happens before the changes of a request. */
  before = (_notes: ConvertedNote[]): void => {};
  beforePage = (): void => {};

  constructor(
    public notes: ConvertibleNote[],
    readonly generation = 1,
  ) {}

  async setSealing(to: Sealing, generation: number): Promise<AccountSealing> {
    if (generation !== this.generation) throw new Problem("CONFLICT");
    if (this.notes.every(({ sealing }) => sealing === to)) this.state = to;
    else this.state = "CONVERTING";
    return this.state;
  }

  async page(after: string | null) {
    this.pages++;
    this.beforePage();
    const start = Number(after ?? 0);
    const end = start + 100;
    return { notes: this.notes.slice(start, end), next: end < this.notes.length ? `${end}` : null };
  }

  async convert(changes: ConvertedNote[]): Promise<void> {
    this.requests.push(changes);
    this.before(changes);
    for (const { id, version } of changes) {
      const known = this.notes.find((note) => note.id === id);
      if (!known) throw new Problem("NOT_FOUND");
      if (known.version !== version) throw new Problem("CONFLICT");
    }
    for (const change of changes) this.replace(change.id, "sealed" in change ? { title: "", body: "", tags: [], context: null, sealing: "END_TO_END", sealed: change.sealed } : { ...change, sealing: "SERVER", sealed: null });
  }

  replace(id: string, change: Partial<ConvertibleNote>): void {
    this.notes = this.notes.map((note) => (note.id === id ? { ...note, ...change, version: note.version + 1 } : note));
  }
}

const textOf = async (note: ConvertibleNote): Promise<NoteText> => openNote(note.sealed!, await keyOf(note.tenant), note.id, note.tenant);

test("all notes of all tenants are converted, there and back", async () => {
  const notes = [plain(1), plain(2, "é", "t_two"), { ...plain(3), context: { id: "sku", title: "Tea", url: "https://shop.example/" } }];
  const server = new Server(notes);
  const progress: number[] = [];
  assert.equal(await convertNotes(server, "END_TO_END", contentKey, 1, ({ converted }) => progress.push(converted)), "END_TO_END");
  assert.deepEqual(progress, [3, 3]);
  assert(!/body|note|Tea/.test(JSON.stringify(server.requests)), "no plain text is sent");
  for (const [i, note] of server.notes.entries()) {
    const { title, body, tags, context } = notes[i]!;
    assert.deepEqual(await textOf(note), { title, body, tags, ...(context && { context }) });
  }
  assert.equal(await convertNotes(server, "END_TO_END", contentKey, 1), "END_TO_END");
  assert.equal(server.requests.length, 1, "a second time, there is nothing to do");
  assert.equal(await convertNotes(server, "SERVER", contentKey, 1), "SERVER");
  assert.deepEqual(
    server.notes.map((note) => [note.title, note.body, note.tags, note.version]),
    notes.map((note) => [note.title, note.body, note.tags, 3]),
  );
});

test("a request has at most 100 notes, and not too much text", async () => {
  const server = new Server(Array.from({ length: 250 }, (_, i) => plain(i, "x".repeat(i < 100 ? 60_000 : 10))));
  assert.equal(await convertNotes(server, "END_TO_END", contentKey, 1), "END_TO_END");
  for (const request of server.requests) assert(request.length <= 100 && JSON.stringify(request).length <= 300_000, `${request.length} notes`);
  assert.equal(server.requests.flat().length, 250);
});

test("a note that changes meanwhile is converted as it is then", async () => {
  const server = new Server(Array.from({ length: 9 }, (_, i) => plain(i)));
  const changed = server.notes[4]!.id;
  const deleted = server.notes[7]!.id;
  let once = true;
  server.before = () => {
    if (once) server.replace(changed, { body: "written meanwhile" });
    if (once) server.notes = server.notes.filter(({ id }) => id !== deleted);
    once = false;
  };
  const progress: number[] = [];
  assert.equal(await convertNotes(server, "END_TO_END", contentKey, 1, ({ converted }) => progress.push(converted)), "END_TO_END");
  assert.equal(server.notes.length, 8);
  assert.deepEqual(progress, [7, 8, 8], "the others don't wait for it");
  assert.equal((await textOf(server.notes.find(({ id }) => id === changed)!)).body, "written meanwhile");
});

test("a note that is written just before the end is converted, too", async () => {
  const server = new Server([plain(1)]);
  server.beforePage = () => {
    if (server.pages === 3) server.notes = [...server.notes, plain(2)];
  };
  const set = server.setSealing.bind(server);
  let calls = 0;
  server.setSealing = async (to, generation) => {
    if (++calls === 2) server.notes = [...server.notes, plain(3)];
    return set(to, generation);
  };
  assert.equal(await convertNotes(server, "END_TO_END", contentKey, 1), "END_TO_END");
  assert(server.notes.length === 3 && server.notes.every(({ sealing }) => sealing === "END_TO_END"));
});

test("it continues where it stopped", async () => {
  const server = new Server(Array.from({ length: 300 }, (_, i) => plain(i)));
  let left = 2;
  server.before = () => {
    if (!left--) throw new Problem("network");
  };
  assert.equal(await problemCode(() => convertNotes(server, "END_TO_END", contentKey, 1)), "network");
  assert.equal(server.state, "CONVERTING");
  assert.equal(await convertNotes(server, "END_TO_END", contentKey, 1), "END_TO_END");
  assert.equal(server.requests.flat().length, 400, "only the request that failed is sent again");
});

test("it can be stopped", async () => {
  const server = new Server(Array.from({ length: 300 }, (_, i) => plain(i)));
  const stop = new AbortController();
  const stopped = convertNotes(server, "END_TO_END", contentKey, 1, () => stop.abort(new Problem("stopped")), stop.signal);
  assert.equal(await problemCode(() => stopped), "stopped");
  assert.equal(server.notes.filter(({ sealing }) => sealing === "END_TO_END").length, 100);
});

test("a note that does not open stays as it is, and so does the account", async () => {
  const good = plain(1);
  const sealed = await sealNote({ title: "good", body: "", tags: [] }, await keyOf("t_one"), good.id, "t_one");
  const foreign = await sealNote({ title: "lost", body: "", tags: [] }, await keyOf("t_one", newContentKey()), plain(2).id, "t_one");
  const server = new Server([
    { ...good, sealing: "END_TO_END", sealed },
    { ...plain(2), sealing: "END_TO_END", sealed: foreign },
  ]);
  let unopened: string[] = [];
  assert.equal(await convertNotes(server, "SERVER", contentKey, 1, (progress) => (unopened = progress.unopened)), "CONVERTING");
  assert.deepEqual(unopened, [plain(2).id]);
  assert.equal(server.notes[0]!.title, "good");
  assert.equal(server.notes[1]!.sealed, foreign);
});

test("a note that is too long to be sealed stays as it is, and so does the account", async () => {
  const server = new Server([plain(1), plain(2, "x".repeat(65_537))]);
  let unopened: string[] = [];
  assert.equal(await convertNotes(server, "END_TO_END", contentKey, 1, (progress) => (unopened = progress.unopened)), "CONVERTING");
  assert.deepEqual(unopened, [plain(2).id]);
  assert.equal(server.notes[1]!.sealing, "SERVER");
});

test("a plain text is replaced only by one that was opened", async () => {
  const server = new Server([plain(1, "Q")]);
  const { encrypt } = crypto.subtle;
  // A browser that encrypts something else.
  Object.defineProperty(crypto.subtle, "encrypt", {
    configurable: true,
    value: (algorithm: AesGcmParams, key: CryptoKey, text: Uint8Array<ArrayBuffer>) => encrypt.call(crypto.subtle, algorithm, key, text.map((byte) => (byte === "Q".charCodeAt(0) ? byte + 1 : byte))),
  });
  try {
    assert.equal(await convertNotes(server, "END_TO_END", contentKey, 1), "CONVERTING");
  } finally {
    Reflect.deleteProperty(crypto.subtle, "encrypt");
  }
  assert.equal(server.notes[0]!.body, "Q");
  assert.equal(server.requests.length, 0);
});

test("the key of another generation converts nothing", async () => {
  const server = new Server([plain(1)], 2);
  assert.equal(await problemCode(() => convertNotes(server, "END_TO_END", contentKey, 1)), "CONFLICT");
  assert.equal(await problemCode(() => convertNotes(new Server([plain(1)]), "END_TO_END", contentKey.subarray(16), 1)), "damaged");
  assert.equal(server.requests.length, 0);
});

test("two pages that convert in opposite directions don't do so for ever", async () => {
  const server = new Server([plain(1)]);
  server.before = () => {
    server.notes = [plain(1), plain(server.pages + 1)];
  };
  assert.equal(await problemCode(() => convertNotes(server, "END_TO_END", contentKey, 1)), "CONFLICT");
  assert(server.pages <= 50);
});
