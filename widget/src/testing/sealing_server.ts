// A model of the server, for histories of end-to-end encryption: the notes and wraps of one account, and a network that loses requests
// and answers. It checks what no history may break.
import assert from "node:assert/strict";
import type { ActivationServer, RecoveryCodeInput, StoredWrap } from "../encryption/activation";
import type { ConversionServer, ConvertedNote } from "../encryption/conversion";
import type { AccountSealing, NoteInput, Sealing, StoredText } from "../encryption/note_input";
import type { NoteText } from "../encryption/sealed_note";
import { Problem } from "../core/problem";

/** ServerNote is a note as the server has it. */
export interface ServerNote extends StoredText {
  id: string;
  version: number;
  tenant: string;
  trashedAt: string | null;
}

/** Asker is a page of a device: the state that it knows, and which of its loads asks. */
export interface Asker {
  page: number;
  /** Which session it has; a new content key ends the others. */
  session: number;
  /** The last change of state that it knows of. */
  toldOf: number;
}

/** A server with one account. It keeps plain texts only where an account keeps them. */
export class SealingServer {
  state: AccountSealing = "SERVER";
  direction: Sealing = "SERVER";
  generation = 0;
  wraps: StoredWrap[] = [];
  codes: RecoveryCodeInput[] = [];
  notes = new Map<string, ServerNote>();
  /** How often the state has changed, and since which session the generation exists. */
  changes = 0;
  sessions = 0;
  oldestSession = 0;
  /** How often plain text was sent to an account that is END_TO_END, by a page that had not been told. */
  stale = 0;
  works = false;
  #deleted = new Set<string>();
  /** Of how many requests one is lost, and of another one the answer. */
  #reliability: number;
  #questions: (() => Promise<void>)[] = [];

  constructor(
    readonly number: (n: number) => number,
    /** Returns the text of a note of either kind, by the passkey's wrap. It throws if it doesn't open. */
    readonly textOf: (note: ServerNote) => Promise<NoteText>,
  ) {
    this.#reliability = 4 + number(40);
  }

  get waiting(): number {
    return this.#questions.length;
  }

  /** Answers one question, if there is one. */
  async deliver(): Promise<void> {
    await this.#questions.splice(this.number(this.#questions.length || 1), 1)[0]?.();
  }

  /** Asks, and settles when the question is delivered. A page that has been loaded again hears no answer. */
  #ask<T>(asker: Asker, act: () => T | Promise<T>, changesState = false): Promise<T> {
    const fate = this.works ? 0 : this.number(this.#reliability);
    const { page, session } = asker;
    return new Promise((resolve, reject) => {
      this.#questions.push(async () => {
        try {
          if (fate === 1) throw new Problem("network"); // it never arrived
          if (session < this.oldestSession) throw new Problem("gone");
          const answer = await act();
          if (fate === 2) throw new Problem("network"); // it did, and the answer was lost
          if (page !== asker.page) return;
          if (changesState) asker.toldOf = this.changes;
          resolve(answer);
        } catch (thrown) {
          if (page === asker.page) reject(thrown);
        }
      });
    });
  }

  /** The API as one page uses it. */
  api(asker: Asker): ActivationServer & ConversionServer & NoteServer {
    return {
      begin: (generation, passkey, wrap) =>
        this.#ask(asker, () => {
          if (this.state !== "SERVER" || generation !== this.generation + 1) throw new Problem("CONFLICT");
          this.generation = generation;
          this.wraps = [{ passkey, generation, wrap }];
          this.codes = [];
          this.direction = "END_TO_END";
          this.#become("CONVERTING");
          asker.session = this.oldestSession = ++this.sessions;
        }),
      wraps: () => this.#ask(asker, () => [...this.wraps]),
      replaceRecoveryCodes: (codes) => this.#ask(asker, () => void (this.codes = codes)),
      setSealing: (to, generation) =>
        this.#ask(
          asker,
          () => {
            if (generation !== this.generation) throw new Problem("CONFLICT");
            if (this.state === "SERVER" && to === "END_TO_END") throw new Problem("CONFLICT");
            if (this.state === to) return to;
            this.direction = to;
            const unfinished = [...this.notes.values()].some(({ sealing }) => sealing !== to);
            const unrecoverable = to === "END_TO_END" && !this.codes.some(({ wrap }) => wrap);
            if (unfinished || unrecoverable) this.#become("CONVERTING");
            else this.#become(to);
            if (this.state === "SERVER") this.wraps = this.codes = [];
            return this.state;
          },
          true,
        ),
      page: (after) =>
        this.#ask(asker, () => {
          const all = [...this.notes.values()];
          const start = after ? Number(after) : 0;
          const end = start + 2;
          return { notes: all.slice(start, end).map((note) => ({ ...note })), next: end < all.length ? `${end}` : null };
        }),
      convert: (notes) => {
        assert(notes.length > 0 && notes.length <= 100);
        notes.forEach((note) => this.#send(asker, note));
        return this.#ask(asker, async () => {
          for (const { id, version } of notes) if (this.#find(id).version !== version) throw new Problem("CONFLICT");
          for (const note of notes) this.#accept(note);
          for (const note of notes) {
            const before = await this.textOf(this.#find(note.id));
            const after = this.#change(note);
            assert.deepEqual(await this.textOf(after), before, "a conversion changes no text");
          }
        });
      },
      read: () => this.#ask(asker, () => ({ sealing: this.state, generation: this.generation, notes: [...this.notes.values()].map((note) => ({ ...note })) }), true),
      create: (id, tenant, input) => {
        this.#send(asker, input);
        return this.#ask(asker, () => {
          const known = this.notes.get(id);
          if (known) throw new Problem("CONFLICT", "", known as never);
          if (this.#deleted.has(id)) throw new Problem("CONFLICT");
          this.#accept(input);
          this.notes.set(id, { id, tenant, version: 1, trashedAt: null, ...stored(input) });
          return { ...this.#find(id) };
        });
      },
      update: (id, version, input) => {
        this.#send(asker, input);
        return this.#ask(asker, () => {
          const known = this.#find(id);
          if (known.version !== version) throw new Problem("CONFLICT", "", { ...known } as never);
          this.#accept(input);
          return { ...this.#change({ id, version, ...input }) };
        });
      },
      move: (id, trashed) =>
        this.#ask(asker, () => {
          this.#find(id).trashedAt = trashed ? "2026-01-01T00:00:00Z" : null;
          return { ...this.#find(id) };
        }),
    };
  }

  delete(id: string): void {
    if (this.notes.delete(id)) this.#deleted.add(id);
  }

  #become(state: AccountSealing): void {
    if (this.state === state) return;
    this.state = state;
    this.changes++;
  }

  /** Checks a request when it is sent: a page that knows of the encryption sends no plain text. */
  #send(asker: Asker, input: NoteInput | ConvertedNote): void {
    if (this.state !== "END_TO_END" || "sealed" in input) return;
    assert(asker.toldOf < this.changes, "plain text is sent by a page that knows that the account is END_TO_END");
    this.stale++;
  }

  /** Accepts only what the state of the account allows, when a request arrives. */
  #accept(input: NoteInput | ConvertedNote): void {
    if (this.state !== "CONVERTING" && ("sealed" in input) !== (this.state === "END_TO_END")) throw new Problem("BAD_USER_INPUT");
  }

  #find(id: string): ServerNote {
    const note = this.notes.get(id);
    if (!note) throw new Problem("NOT_FOUND");
    return note;
  }

  #change({ id, version, ...input }: ConvertedNote): ServerNote {
    const known = this.#find(id);
    assert.equal(known.version, version);
    const next = { ...known, version: version + 1, ...stored(input as NoteInput) };
    this.notes.set(id, next);
    return next;
  }
}

/** NoteServer is the part of the API that lists and changes single notes. */
export interface NoteServer {
  read(): Promise<{ sealing: AccountSealing; generation: number; notes: ServerNote[] }>;
  create(id: string, tenant: string, input: NoteInput): Promise<ServerNote>;
  update(id: string, version: number, input: NoteInput): Promise<ServerNote>;
  move(id: string, trashed: boolean): Promise<ServerNote>;
}

function stored(input: NoteInput): StoredText {
  return "sealed" in input ? { title: "", body: "", tags: [], sealing: "END_TO_END", sealed: input.sealed } : { ...input, sealing: "SERVER", sealed: null };
}
