// An import that stores notes, and can be stopped, continued and undone.
import { utf8 } from "../../../widget/src/bytes";
import { uuid7 } from "../../../widget/src/core/uuid";
import { DELETE, IMPORT, NOTE_VERSION, TRASH, type ImportInput } from "../account/documents";
import { nameOf } from "../account/note";
import { noteRequests } from "../account/note_requests";
import { RefusedError } from "../http/post";
import { bodySize, type ImportedNote } from "./imported_note";

/** The most notes and characters of one request. */
const batchLength = 20;
const batchSize = 100_000;

/**
 * What is known of a note: it was never sent; it was sent and may be stored; it is stored, and in the trash if it belongs there; the
 * server refused it; or Undo removed it.
 */
type State = "waiting" | "sent" | "stored" | "refused" | "removed";

interface Pending {
  state: State;
  tenant: string;
  trashed: boolean;
  input: ImportInput;
  name: string;
  /** Whether it has a second id, since its first one was taken. */
  renamed: boolean;
}

/** Saves the ids of the notes that an import has sent and not removed, so that it can be undone after the page is loaded again. */
export type SaveIDs = (ids: string[]) => Promise<void>;

/** An import. Its ids are chosen first, so that it can be continued after an error without storing a note twice. */
export class ImportRun {
  /** Whether it stores the notes or, after undo(), removes them. */
  direction: "import" | "undo" = "import";
  running = false;
  /** Why it ended too early; null if it didn't, or was stopped. */
  error: unknown = null;
  /** How many notes went to the trash instead of being deleted, since they were changed after the import. */
  kept = 0;
  /** Whether it is from before the page was loaded: only its ids are known, to undo it. */
  restored = false;
  #notes: Pending[];
  #stopped = false;
  #endWait = () => {};

  constructor(
    notes: ImportedNote[],
    tenantOf: (note: ImportedNote) => string,
    private readonly onProgress: () => void,
    private readonly saveIDs: SaveIDs = async () => {},
  ) {
    this.#notes = notes.map((note) => {
      const { title, tags, pinned, trashed } = note;
      const tenant = tenantOf(note);
      const input = { id: uuid7(), pinned, title, tags, ...pageAt(tenant, note) };
      return { state: "waiting", tenant, trashed, input, name: nameOf(note), renamed: false };
    });
  }

  /** Returns an import from before the page was loaded, to be undone. */
  static restore(ids: string[], onProgress: () => void, saveIDs: SaveIDs): ImportRun {
    const run = new ImportRun([], () => "", onProgress, saveIDs);
    run.restored = true;
    run.#notes = ids.map((id) => ({ state: "stored", tenant: "", trashed: false, input: { id, pinned: false, title: "", body: "", tags: [] }, name: "", renamed: false }));
    return run;
  }

  /** How many notes there are to store or, in an undo, to remove. */
  get count(): number {
    return this.direction === "import" ? this.#notes.length : this.#in("sent", "stored", "removed").length;
  }

  /** How many of them are done, refused ones included. */
  get done(): number {
    return this.direction === "import" ? this.#in("stored", "refused").length : this.#in("removed").length;
  }

  get complete(): boolean {
    return this.done === this.count;
  }

  get stored(): number {
    return this.#in("stored").length;
  }

  /** Whether there is something to undo: notes that are stored, or may be. */
  get undoable(): boolean {
    return this.direction === "import" && this.#in("sent", "stored").length > 0;
  }

  /** The names of the notes that the server refused. */
  get refused(): string[] {
    return this.#in("refused").map(({ name }) => name);
  }

  /** Goes on in its direction, to the end or until stop(). It doesn't throw: `error` has what went wrong. */
  async run(): Promise<void> {
    if (this.running) return;
    this.#stopped = false;
    this.error = null;
    this.running = true;
    this.onProgress();
    try {
      while (!this.complete && !this.#stopped) {
        await (this.direction === "import" ? this.#storeNext() : this.#removeNext());
        if (!this.complete) this.onProgress();
      }
    } catch (error) {
      if (!this.#stopped) this.error = error;
    }
    await this.#saveSent();
    this.running = false;
    this.onProgress();
  }

  /** Removes every note that was sent. One that is gone already is fine, and one that was changed since goes to the trash. */
  async undo(): Promise<void> {
    if (this.running) return;
    this.direction = "undo";
    return this.run();
  }

  /** Stops after the request that is being answered, in either direction. */
  stop(): void {
    this.#stopped = true;
    this.#endWait();
  }

  #saveSent(): Promise<void> {
    return this.saveIDs(this.#in("sent", "stored").map(({ input }) => input.id));
  }

  #in(...states: State[]): Pending[] {
    return this.#notes.filter(({ state }) => states.includes(state));
  }

  async #storeNext(): Promise<void> {
    const batch = this.#nextBatch();
    await this.#store(batch);
    for (const note of batch) {
      if (note.state === "refused") continue;
      if (note.trashed) await this.#patiently(() => noteRequests.request(TRASH, { id: note.input.id })).catch(allowMissing);
      note.state = "stored";
    }
  }

  /** The next notes of one tenant that fit into a request. */
  #nextBatch(): Pending[] {
    const batch: Pending[] = [];
    let size = 0;
    for (const note of this.#in("sent", "waiting").slice(0, batchLength)) {
      size += JSON.stringify(note.input).length;
      if (batch.length && (size > batchSize || note.tenant !== batch[0]!.tenant)) break;
      batch.push(note);
    }
    return batch;
  }

  /** Sends notes of one tenant. If the server refuses one of them, it has stored those before it, and each is sent by itself. */
  async #store(notes: Pending[]): Promise<void> {
    for (const note of notes) note.state = "sent";
    await this.#saveSent();
    const [first] = notes;
    try {
      await this.#patiently(() => noteRequests.request(IMPORT, { tenant: first!.tenant, notes: notes.map(({ input }) => input) }));
    } catch (error) {
      if (!concernsNote(error)) throw error;
      if (notes.length > 1) for (const note of notes) await this.#store([note]);
      else if (error.code !== "CONFLICT") first!.state = "refused";
      else if (!error.detail.current) await this.#rename(first!);
      // Otherwise the note is stored: an encrypted one never has the same content twice, and any other one was changed since.
    }
  }

  /** Stores a note under another id, since a deleted note has its id. */
  async #rename(note: Pending): Promise<void> {
    if (note.renamed) {
      note.state = "refused";
      return;
    }
    note.renamed = true;
    note.input.id = uuid7();
    await this.#store([note]);
  }

  async #removeNext(): Promise<void> {
    const unanswered = this.#in("sent");
    if (unanswered.length) await this.#settle(unanswered);
    const note = this.#in("stored").at(-1);
    if (!note) return;
    const { id } = note.input;
    const { note: found } = await this.#patiently(() => noteRequests.request(NOTE_VERSION, { id }));
    const changed = found !== null && found.version > 1;
    if (found) await this.#patiently<unknown>(() => (changed ? noteRequests.request(TRASH, { id }) : noteRequests.request(DELETE, { id }))).catch(allowMissing);
    if (changed) this.kept++;
    note.state = "removed";
  }

  /** Sends notes again after their answer was lost, since the server may not be done with them: it stores each once. */
  async #settle(notes: Pending[]): Promise<void> {
    await this.#store(notes).catch((error: unknown) => {
      if (!(error instanceof RefusedError) || error.code === "RATE_LIMITED") throw error;
    });
    for (const note of notes) if (note.state === "sent") note.state = "stored";
  }

  /** Sends a request again when the server asks to wait. */
  async #patiently<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      try {
        return await send();
      } catch (error) {
        if (this.#stopped || !(error instanceof RefusedError && error.code === "RATE_LIMITED")) throw error;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 1000 * (error.detail.wait ?? 1));
          this.#endWait = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        if (this.#stopped) throw error;
      }
    }
  }
}

/** Returns the text and the page of a note at a tenant. At another one than before, the page's id means nothing: its address is in the text. */
function pageAt(tenant: string, { body, context, tenant: before }: ImportedNote): Pick<ImportedNote, "body" | "context"> {
  if (context && tenant === before) return { body, context };
  const withAddress = [body, context?.url].filter(Boolean).join("\n\n");
  return { body: utf8(withAddress).length > bodySize ? body : withAddress };
}

/** Whether a refusal is about one of the notes, and not about the person, the site or the space. */
function concernsNote(error: unknown): error is RefusedError {
  if (!(error instanceof RefusedError) || (error.detail.reason && error.detail.reason !== "too_long")) return false;
  return error.code === "CONFLICT" || (error.code === "BAD_USER_INPUT" && /^(title|body|tags|context)$/.test(error.detail.field ?? ""));
}

/** Throws an error again, unless the note is gone. */
function allowMissing(error: unknown): void {
  if (!(error instanceof RefusedError && error.code === "NOT_FOUND")) throw error;
}
