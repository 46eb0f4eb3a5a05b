// Random histories of an account: encryption is turned on and off, people write on three pages meanwhile, requests and answers are lost,
// and pages crash in the middle of it. No text is lost, no page that knows of the encryption sends plain text, and no version goes back.
// Every history has a seed, which the failure names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { activate, openStoredWrap } from "./activation";
import { importContentKey } from "./content_key";
import { convertNotes } from "./conversion";
import type { Bytes } from "./encoding";
import { openWrap, passkeyKEK, recoveryKEK } from "./key_wrap";
import { noteInput, readNote, type AccountSealing, type Sealing } from "./note_input";
import { newRecoveryCodes, type RecoveryCode } from "./recovery_code";
import type { NoteText } from "./sealed_note";
import { SeenVersions } from "./seen_versions";
import { deriveTenantKey, importTenantKey } from "./tenant_key";
import { base64url } from "../bytes";
import { Draft, type Backend, type Pending } from "../core/draft";
import { sameContent, type Content, type Note } from "../core/note";
import { Problem, problemOf } from "../core/problem";
import { resolveConflict } from "../core/replacement";
import { installInstantCrypto } from "../testing/instant_crypto";
import { SealingServer, type Asker, type ServerNote } from "../testing/sealing_server";

installInstantCrypto();
// Only the history decides when something is saved.
globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout;

const histories = 10_000;
const handle = new Uint8Array(64).fill(7);
const prfResult = new Uint8Array(32).fill(9);
const passkey = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
const tenants = ["t_one", "t_two"];
const kek = await passkeyKEK(prfResult);
const noValues = { load: () => Promise.resolve(null), save: () => Promise.resolve(), remove: () => Promise.resolve() };

/** Returns numbers from 0 to n-1, the same ones for the same seed (mulberry32). */
function numbers(seed: number): (n: number) => number {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x ^= x + Math.imul(x ^ (x >>> 7), 61 | x);
    return ((x ^ (x >>> 14)) >>> 0) % n;
  };
}

declare function setImmediate(act: () => void): void;

/** Lets everything happen that waits for no answer of the server. */
function settle(): Promise<void> {
  return new Promise(setImmediate);
}

const derived = new Map<string, Promise<CryptoKey>>();

/** Returns the key of a tenant, which is derived once. */
function tenantKey(contentKey: Bytes, tenant: string): Promise<CryptoKey> {
  const name = base64url(contentKey) + tenant;
  const key = derived.get(name) ?? importContentKey(contentKey).then((root) => deriveTenantKey(root, tenant)).then(importTenantKey);
  derived.set(name, key);
  return key;
}

/** Whether a page can open notes: `never` for a browser without the passkey. */
type Unlocking = "can" | "never";

/** A page of one browser: what it knows of the account, its key, and the drafts that are written in it. */
class Page implements Asker, Backend {
  page = 0;
  session = 0;
  toldOf = -1;
  owner = "account";
  sealing: AccountSealing = "SERVER";
  contentKey: Bytes | null = null;
  codes: RecoveryCode[] = [];
  drafts: Draft[] = [];
  /** The tenant of each note, by its id. */
  tenants = new Map<string, string>();
  /** The last text that this page has read of each note. */
  known = new Map<string, { version: number; content: Content }>();
  seen = new SeenVersions(noValues, "seen");
  busy = false;

  constructor(
    readonly server: SealingServer,
    readonly unlocking: Unlocking,
  ) {}

  get api() {
    return this.server.api(this);
  }

  async key(tenant: string): Promise<CryptoKey | null> {
    return this.contentKey && tenantKey(this.contentKey, tenant);
  }

  tenantOf(id: string): string {
    return this.tenants.get(id) ?? tenants[0]!;
  }

  async opened(stored: ServerNote): Promise<Note> {
    this.seen.see(stored.id, stored.version, stored.sealed);
    this.tenants.set(stored.id, stored.tenant);
    const text = await readNote(stored, await this.key(stored.tenant), stored.id, stored.tenant);
    const note: Note = { ...text, id: stored.id, version: stored.version, pinned: false, updatedAt: "", trashedAt: stored.trashedAt };
    this.known.set(note.id, { version: note.version, content: note });
    return note;
  }

  async create(id: string, content: Content): Promise<Note> {
    const tenant = this.tenantOf(id);
    const { title, body, tags } = content;
    return this.#answered(this.api.create(id, tenant, await noteInput({ title, body, tags }, this.sealing, await this.key(tenant), id, tenant)));
  }

  async update(id: string, version: number, content: Content): Promise<Note> {
    const tenant = this.tenantOf(id);
    const { title, body, tags } = content;
    const before = this.known.get(id);
    const input = await noteInput({ title, body, tags }, this.sealing, await this.key(tenant), id, tenant);
    try {
      return await this.#answered(this.api.update(id, version, input));
    } catch (thrown) {
      const { current } = problemOf(thrown);
      // Only a conversion was in between: the text is the one that this change is based on.
      if (!current || before?.version !== version || !sameContent(before.content, current)) throw thrown;
      return this.update(id, current.version, content);
    }
  }

  async move(id: string, trashed: boolean): Promise<Note> {
    return this.#answered(this.api.move(id, trashed));
  }

  onChange(): void {}
  onFailure(): void {}

  async #answered(answer: Promise<ServerNote>): Promise<Note> {
    try {
      return await this.opened(await answer);
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.code === "CONFLICT" && problem.current) throw new Problem("CONFLICT", "", await this.opened(problem.current as unknown as ServerNote));
      throw problem;
    }
  }

  /** Reads the account and its notes, and unlocks them if it can. */
  async read(): Promise<void> {
    this.#signIn();
    const { sealing, generation, notes } = await this.api.read();
    this.#learn(sealing);
    if (sealing !== "SERVER" && this.unlocking === "can") this.contentKey = await this.unlock(generation);
    for (const stored of notes) {
      const draft = this.drafts.find(({ pending }) => pending.id === stored.id);
      try {
        const note = await this.opened(stored);
        if (draft?.pending.base) draft.refresh(note);
        else if (!draft && this.drafts.length < 3) this.drafts.push(new Draft(this, note));
      } catch (thrown) {
        // `older`: this answer was overtaken by a later one.
        if (!/^(locked|older)$/.test(problemOf(thrown).code)) throw thrown;
      }
    }
  }

  /** Signs in again if the session has ended. The key has gone with it: it may be that of an earlier generation. */
  #signIn(): void {
    if (this.session !== this.server.sessions) this.contentKey = null;
    this.session = this.server.sessions;
  }

  /** Learns the state of the account. The key of one that has turned the encryption off is of no use, and must not be used after it is on again. */
  #learn(sealing: AccountSealing): void {
    this.sealing = sealing;
    if (sealing === "SERVER") this.contentKey = null;
  }

  async unlock(generation: number): Promise<Bytes> {
    return openStoredWrap(await this.api.wraps(), kek, handle, { kind: "passkey", id: passkey, generation });
  }

  /** Turns the encryption on or off, or continues what has begun. */
  async turn(to: Sealing): Promise<void> {
    this.#signIn();
    const { sealing, generation } = await this.api.read();
    this.#learn(sealing);
    let own = generation;
    if (to === sealing) return;
    if (to === "SERVER") this.contentKey = await this.unlock(own);
    else {
      if (sealing === "SERVER") own++;
      this.codes = newRecoveryCodes().slice(0, 1);
      this.contentKey = await activate(this.api, { id: passkey, kek, handle }, this.codes, own);
    }
    this.sealing = "CONVERTING";
    this.#learn(await convertNotes(this.api, to, this.contentKey, own));
  }

  /** Does something that may fail, one thing at a time. */
  attempt(act: () => Promise<void>): void {
    if (this.busy) return;
    this.busy = true;
    const { page } = this;
    act()
      .catch((thrown) => {
        const { code } = problemOf(thrown);
        assert(/^(network|gone|CONFLICT|locked|BAD_USER_INPUT)$/.test(code), `${code}: ${thrown.stack}`);
      })
      .catch((error) => (this.failed = error))
      .finally(() => page === this.page && (this.busy = false));
  }

  failed: unknown;

  /** Crashes and is loaded again, with the drafts that are stored and perhaps the key. Its requests may still arrive. */
  reload(keepsKey: boolean): void {
    this.page++;
    this.busy = false;
    if (!keepsKey) {
      this.contentKey = null;
      this.toldOf = -1;
      this.sealing = "SERVER";
    }
    this.drafts = this.drafts.map(({ key, pending }) => new Draft(this as Backend, null, key, JSON.parse(JSON.stringify(pending)) as Pending));
  }
}

/** Runs the history of a seed and checks how it ends, once everything works again. */
async function history(seed: number): Promise<SealingServer> {
  const number = numbers(seed);
  const server: SealingServer = new SealingServer(number, (note) => textOf(server, note));
  const pages = [new Page(server, "can"), new Page(server, "can"), new Page(server, "never")];
  /** What each text was changed to, by any page: nothing else may ever be in a note. */
  const typed = new Set<string>();
  const pick = () => pages[number(pages.length)]!;
  for (let step = 0; step < 40; step++) {
    const act = number(16);
    const page = pick();
    if (act < 3) {
      let draft = page.drafts[number(3)];
      if (!draft) {
        draft = new Draft(page as Backend, null);
        page.tenants.set(draft.pending.id, tenants[number(2)]!);
        page.drafts.push(draft);
      }
      const title = `canary ${seed}.${step}`;
      typed.add(title);
      draft.edit({ title });
      void draft.save();
    } else if (act === 3) {
      const draft = page.drafts[number(3)];
      if (draft?.theirs) resolveConflict(draft, !!number(2));
      void draft?.save();
    } else if (act === 4) page.attempt(() => page.read());
    else if (act === 5 && page.unlocking === "can") page.attempt(() => page.turn(number(3) ? "END_TO_END" : "SERVER"));
    else if (act === 6 && !number(6)) page.reload(!!number(2));
    else if (act === 7 && !number(4)) page.drafts[0]?.trash(!!number(2));
    else for (let i = 0; i < 6; i++) await server.deliver().then(settle);
    await settle();
    for (const { failed } of pages) if (failed) throw failed;
  }

  // From now on everything works. What was begun is finished, one page after the other writes once more, and that is kept.
  server.works = true;
  const finish = async (act?: () => Promise<void>, of = pages[0]!): Promise<void> => {
    if (act) of.attempt(act);
    for (let i = 0; i < 400 && (server.waiting || of.busy); i++) {
      await server.deliver();
      await settle();
    }
    if (of.failed) throw of.failed;
    assert(!of.busy, "it never ends");
  };
  await finish();
  for (const page of pages) page.busy = false;
  for (const to of number(2) ? (["END_TO_END"] as const) : (["END_TO_END", "SERVER"] as const)) {
    await finish(() => pages[0]!.turn(to));
    assert.equal(server.state, to, "the conversion ends");
  }
  for (const page of pages) {
    await finish(() => page.read(), page);
    for (const draft of page.drafts) {
      for (let round = 0; draft.dirty || draft.theirs; round++) {
        assert(round < 20, `saving never ends: ${JSON.stringify(draft.problem)}`);
        if (draft.theirs) resolveConflict(draft, true);
        void draft.save();
        await settle();
        await finish(undefined, page);
        if (page.unlocking === "never" && draft.problem?.code === "locked") break; // it waits, unsaved, and is not lost
      }
      const written = server.notes.get(draft.pending.id);
      if (draft.dirty) assert.equal(server.state, "END_TO_END");
      else if (written) {
        const text = await textOf(server, written);
        if (draft.pending.base && draft.pending.base.version === written.version) assert.equal(text.title, draft.pending.content.title, "the server has what was typed");
      } else assert(draft.pending.content.title === "" || !draft.pending.base, "a note is there");
    }
  }
  for (const note of server.notes.values()) {
    const { title } = await textOf(server, note);
    assert(title === "" || typed.has(title), "every note has a text that somebody typed");
    if (server.state === "END_TO_END") assert(!JSON.stringify({ ...note, sealed: "" }).includes("canary"), "no plain text is left");
  }
  if (server.state === "END_TO_END") await checkRecovery(server, pages);
  return server;
}

async function textOf(server: SealingServer, note: ServerNote): Promise<NoteText> {
  return readNote(note, note.sealing === "SERVER" ? null : await keyOf(server, note.tenant), note.id, note.tenant);
}

/** Returns the key of a tenant as a device has it that has nothing but the passkey. */
async function keyOf({ wraps, generation }: SealingServer, tenant: string): Promise<CryptoKey> {
  return tenantKey(await openStoredWrap(wraps, kek, handle, { kind: "passkey", id: passkey, generation }), tenant);
}

/** Checks that a recovery code that was shown gives the same content key as the passkey. */
async function checkRecovery({ codes, wraps, generation }: SealingServer, pages: Page[]): Promise<void> {
  const [stored] = codes;
  const code = pages.flatMap((page) => page.codes).find(({ locator }) => locator === stored?.locator);
  assert(stored?.wrap && code, "the codes are those that somebody was shown");
  const wrapper = { kind: "recovery", id: code.locator, generation } as const;
  const opened = await openWrap(stored.wrap, await recoveryKEK(code.secret), handle, wrapper);
  const byPasskey = await openStoredWrap(wraps, kek, handle, { kind: "passkey", id: passkey, generation });
  assert.equal(base64url(opened), base64url(byPasskey));
}

/** Runs all histories and returns what they were like. */
async function runHistories(): Promise<{ encrypted: number; generations: number; notes: number; stale: number }> {
  const all = { encrypted: 0, generations: 0, notes: 0, stale: 0 };
  for (let seed = 1; seed <= histories; seed++) {
    try {
      const { state, generation, notes, stale } = await history(seed);
      all.encrypted += Number(state === "END_TO_END");
      all.generations += generation;
      all.notes += notes.size;
      all.stale += stale;
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    derived.clear();
  }
  return all;
}

// Not inside the test: Node watches each promise there, which takes most of the time.
const run = await runHistories().then(
  (all) => () => all,
  (error: unknown) => () => {
    throw error;
  },
);

test("no text is lost, and none is sent in plain once a page knows of the encryption, whatever goes wrong", () => {
  const all = run();
  console.log(JSON.stringify(all));
  assert(all.encrypted && all.generations > histories && all.notes > histories, "the histories have something in them");
});
