// Random histories of a draft: a person writes, another device changes the same note, answers are lost or come late, and pages are
// reloaded in the middle. Whatever happens, nothing that was written is lost or overwritten unseen. Every history has a seed, which
// the failure names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft, type Pending, type Backend } from "./draft";
import { emptyContent, contentOf, sameContent, type Content, type Note } from "./note";
import { Problem } from "./problem";
import { resolveConflict } from "./replacement";

// Only the history decides when something is saved.
globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout;

/** Returns numbers from 0 to n-1, the same ones for the same seed (mulberry32). */
function numbers(seed: number): (n: number) => number {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x ^= x + Math.imul(x ^ (x >>> 7), 61 | x);
    return ((x ^ (x >>> 14)) >>> 0) % n;
  };
}

/** Lets everything happen that waits for nothing. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await null;
}

const outages = ["network", "INTERNAL", "RATE_LIMITED", "gone"];

/** A server with the notes of one person, and the network to it. */
class Server implements Backend {
  owner = "u";
  notes = new Map<string, Note>();
  /** The ids of notes that were deleted for good: none is given again. */
  #deleted = new Set<string>();
  /** The texts that another device has written. */
  foreign = new Set<string>();
  /** Questions that are under way, each with what happens to it. */
  #questions: (() => void)[] = [];

  constructor(readonly number: (n: number) => number) {}

  /** Whether the network and the server work. */
  works = false;
  /** Which page asks: an answer to an earlier one is heard by nobody. */
  page = 0;

  create(id: string, content: Content): Promise<Note> {
    return this.#ask(() => {
      const known = this.notes.get(id);
      if (this.#deleted.has(id)) throw new Problem("CONFLICT");
      if (known && !sameContent(known, content)) throw new Problem("CONFLICT", "", known);
      return known ?? this.#store({ id, ...content, version: 1, updatedAt: "", trashedAt: null });
    }, content);
  }

  update(id: string, version: number, content: Content): Promise<Note> {
    return this.#ask(() => {
      const known = this.#find(id);
      if (version !== known.version) throw new Problem("CONFLICT", "", known);
      return this.#store({ ...known, ...content, version: version + 1 });
    }, content);
  }

  move(id: string, trashed: boolean): Promise<Note> {
    return this.#ask(() => this.#store({ ...this.#find(id), trashedAt: trashed ? "2026-01-01T00:00:00Z" : null }));
  }

  onChange(): void {}
  onFailure(): void {}

  /** Answers one question, if there is one. */
  deliver(): void {
    this.#questions.splice(this.number(this.#questions.length || 1), 1)[0]?.();
  }

  /** Changes a note as another device would. */
  interfere(id: string, title: string): void {
    const known = this.notes.get(id);
    if (!known) return;
    this.foreign.add(title);
    this.#store({ ...known, title, version: known.version + 1 });
  }

  delete(id: string): void {
    if (this.notes.delete(id)) this.#deleted.add(id);
  }

  #find(id: string): Note {
    const known = this.notes.get(id);
    if (!known) throw new Problem("NOT_FOUND");
    return known;
  }

  #store(note: Note): Note {
    this.notes.set(note.id, note);
    return note;
  }

  #ask(act: () => Note, content?: Content): Promise<Note> {
    const fate = this.works ? 0 : this.number(4);
    const { page } = this;
    return new Promise((resolve, reject) => {
      this.#questions.push(() => {
        try {
          if (fate === 1) throw new Problem(outages[this.number(outages.length)]!); // it never arrived
          if (content?.title.endsWith("!")) throw new Problem("BAD_USER_INPUT", "no exclamation marks");
          const note = act();
          if (fate === 2) throw new Problem(this.number(2) ? "network" : "INTERNAL"); // it did, and the answer was lost
          if (page === this.page) resolve({ ...note });
        } catch (thrown) {
          if (page === this.page) reject(thrown);
        }
      });
    });
  }
}

/** Runs the history of a seed and returns how it ends, once everything works again. */
async function history(seed: number, deletions: boolean): Promise<{ server: Server; draft: Draft; typed: Content }> {
  const number = numbers(seed);
  const server = new Server(number);
  let draft = new Draft(server, null);
  let typed = contentOf(draft.pending.content);
  const edit = (change: Partial<Content>) => {
    typed = { ...typed, ...change };
    draft.edit(change);
  };
  const noConflictWithItself = () => {
    if (draft.theirs) assert(server.foreign.has(draft.theirs.title), "the draft is in conflict with what was written in it");
  };
  for (let step = 0; step < 40; step++) {
    const title = `${seed}.${step}${number(8) ? "" : "!"}`;
    const act = number(12);
    if (act < 3) edit({ title });
    else if (act === 3) edit({ pinned: !typed.pinned });
    else if (act === 4) draft.trash(!draft.pending.trashed);
    else if (act < 7) void draft.save();
    else if (act < 10) server.deliver();
    else if (act === 10) {
      if (number(3)) server.interfere(draft.pending.id, `other ${title}`);
      else if (deletions) server.delete(draft.pending.id);
      else draft = reload(server, draft);
    } else if (draft.theirs) {
      const mine = !!number(2);
      const undoing = resolveConflict(draft, mine);
      if (!mine) typed = contentOf(draft.pending.content);
      assert(undoing(), "what was not chosen can be brought back");
    } else {
      const known = server.notes.get(draft.pending.id);
      const before = draft.dirty;
      if (known && draft.pending.base) draft.refresh({ ...known });
      if (!before) typed = contentOf(draft.pending.content);
    }
    await settle();
    noConflictWithItself();
    // Deleted elsewhere while it was on its way to the trash, it is gone.
    if (deletions && draft.pending.trashed && sameContent(draft.pending.content, emptyContent)) typed = emptyContent;
    assert.deepEqual(draft.pending.content, typed, "what is typed stands in the draft");
  }
  // From now on everything works; the person writes once more, and keeps that.
  server.works = true;
  edit({ title: `${seed}.last` });
  for (let round = 0; draft.dirty || draft.theirs; round++) {
    assert(round < 30, "saving never ends");
    if (draft.theirs) resolveConflict(draft, true);
    void draft.save();
    for (let i = 0; i < 5; i++) {
      server.deliver();
      await settle();
    }
    noConflictWithItself();
  }
  for (let i = 0; i < 5; i++) {
    server.deliver();
    await settle();
  }
  return { server, draft, typed };
}

/** Goes on in a later page with what this one has kept. Its requests may still arrive. */
function reload(server: Server, { key, pending }: Draft): Draft {
  server.page++;
  return new Draft(server, null, key, JSON.parse(JSON.stringify(pending)) as Pending);
}

test("what was written last is what the server has, whatever went wrong meanwhile", async () => {
  for (let seed = 1; seed <= 1000; seed++) {
    try {
      const { server, draft, typed } = await history(seed, false);
      const { id, base } = draft.pending;
      const written = server.notes.get(id);
      if (!base) assert(!written, "what is not confirmed isn't there");
      else {
        assert(written && sameContent(written, typed), "the server has the text");
        assert.equal(!!written.trashedAt, draft.pending.trashed);
      }
      assert(server.notes.size <= 1, "there is one note, not two");
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
});

test("a note that is deleted elsewhere while somebody writes in it is saved as a new one", async () => {
  for (let seed = 1; seed <= 1000; seed++) {
    try {
      const { server, draft, typed } = await history(seed, true);
      const written = server.notes.get(draft.pending.id);
      if (draft.pending.base && written) assert(sameContent(written, typed), "the server has the text");
      assert(draft.pending.trashed || sameContent(draft.pending.content, typed), "the draft has the text");
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
});
