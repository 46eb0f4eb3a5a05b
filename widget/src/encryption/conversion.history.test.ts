// Random histories of an account: encryption is turned on and off, people write on three pages meanwhile, requests and answers are lost,
// and pages crash in the middle of it. No text is lost, no page that knows of the encryption sends plain text, and no version goes back.
// Every history has a seed, which the failure names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openStoredWrap } from "./activation";
import { openWrap, recoveryKEK } from "./key_wrap";
import { readNote } from "./note_input";
import type { NoteText } from "./sealed_note";
import { base64url } from "../bytes";
import { Draft, type Backend } from "../core/draft";
import { resolveConflict } from "../core/replacement";
import { ConvertingPage, derived, handle, kek, passkey, tenantKey, tenants } from "../testing/converting_page";
import { SealingServer, type ServerNote } from "../testing/sealing_server";

// Only the history decides when something is saved.
globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout;

const histories = 10_000;

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

/** Runs the history of a seed and checks how it ends, once everything works again. */
async function history(seed: number): Promise<SealingServer> {
  const number = numbers(seed);
  const server: SealingServer = new SealingServer(number, (note) => textOf(server, note));
  const pages = [new ConvertingPage(server, "can"), new ConvertingPage(server, "can"), new ConvertingPage(server, "never")];
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
async function checkRecovery({ codes, wraps, generation }: SealingServer, pages: ConvertingPage[]): Promise<void> {
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
