// An import that stores notes, and can be stopped, continued and undone.
import { uuid7 } from "../../../widget/src/core/uuid";
import { DELETE, IMPORT, TRASH, type ImportInput } from "../account/documents";
import { noteRequests } from "../account/note_requests";
import { RefusedError } from "../http/post";
import type { ImportedNote } from "./imported_note";

/** The most notes and characters of one request. */
const batchLength = 20;
const batchSize = 100_000;

interface Pending {
  id: string;
  tenant: string;
  trashed: boolean;
  input: ImportInput;
}

/** An import. Its ids are chosen first, so that it can be continued after an error without storing a note twice. */
export class ImportRun {
  /** How many notes are stored. */
  done = 0;
  #notes: Pending[];
  #stopped = false;

  constructor(
    notes: ImportedNote[],
    tenantOf: (note: ImportedNote) => string,
    private readonly onProgress: () => void,
  ) {
    this.#notes = notes.map((note) => {
      const { title, body, tags, pinned, trashed, context } = note;
      const id = uuid7();
      return { id, tenant: tenantOf(note), trashed, input: { id, pinned, title, body, tags, ...(context && { context }) } };
    });
  }

  get count(): number {
    return this.#notes.length;
  }

  /** Stores the notes that are not stored yet. It resolves when all are, or after stop(). */
  async run(): Promise<void> {
    this.#stopped = false;
    while (this.done < this.count && !this.#stopped) {
      const batch = this.#batch();
      await patiently(() => noteRequests.request(IMPORT, { tenant: batch[0]!.tenant, notes: batch.map(({ input }) => input) }).catch(explainSpace));
      for (const { id, trashed } of batch) if (trashed) await patiently(() => noteRequests.request(TRASH, { id }));
      this.done += batch.length;
      this.onProgress();
    }
  }

  /** Stops after the request that is being answered. */
  stop(): void {
    this.#stopped = true;
  }

  /** Deletes the notes that were stored. One that is gone already is fine. */
  async undo(): Promise<void> {
    for (; this.done > 0; this.done--, this.onProgress()) {
      const { id } = this.#notes[this.done - 1]!;
      await patiently(() => noteRequests.request(DELETE, { id })).catch((error) => {
        if (!(error instanceof RefusedError && error.code === "NOT_FOUND")) throw error;
      });
    }
  }

  /** The next notes of one tenant that fit into a request. */
  #batch(): Pending[] {
    const batch: Pending[] = [];
    let size = 0;
    for (const note of this.#notes.slice(this.done, this.done + batchLength)) {
      size += JSON.stringify(note.input).length;
      if (batch.length && (size > batchSize || note.tenant !== batch[0]!.tenant)) break;
      batch.push(note);
    }
    return batch;
  }
}

/** Sends a request again when the server asks to wait. */
async function patiently<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof RefusedError && error.code === "RATE_LIMITED")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * (error.detail.wait ?? 1)));
    }
  }
}

/** A text that is short enough is refused only for the owner's space. */
function explainSpace(error: unknown): never {
  throw error instanceof RefusedError && error.detail.field === "body" ? new RefusedError("out_of_space", error.message) : error;
}
