// The notes of one session of an account that is end-to-end encrypted: opened when they arrive, sealed before they are sent, searched
// on the device. The widget and the account page put it between themselves and the API.
import { readNote, type AccountSealing, type StoredText } from "./note_input";
import { OpenedNotes, type OpenedFilter } from "./opened_notes";
import { sealNote, type NoteText } from "./sealed_note";
import type { SeenVersions } from "./seen_versions";
import type { Content, Note, NoteContext, Page, Version } from "../core/note";
import { Problem, problemOf } from "../core/problem";

/** SealedNote is a note as the API returns it. */
export type SealedNote = Note & Pick<StoredText, "sealing" | "sealed">;

/** Why a note is not shown: `damaged`, `newer` (the format of a later release), `older` (than this device has seen), `locked`. */
export type UnopenedReason = "damaged" | "newer" | "older" | "locked";

/** NoteSource is the API as this module uses it, and the keys. Each method throws a Problem. */
export interface NoteSource<N extends SealedNote> {
  /** Returns the key of a note's tenant; null while the notes are locked. */
  key(note: N): Promise<CryptoKey | null>;
  /** The key of a note's tenant, t_…. */
  tenant(note: N): string;
  /** Returns a note as the server has it now. */
  reload(id: string): Promise<N | null>;
  /** Returns at most 100 notes, with those in the trash or without. */
  page(trashed: boolean, after: string | null): Promise<Page<N>>;
  /** The sentence that stands for a note that is not shown. */
  explain(reason: UnopenedReason): string;
}

/** The most notes that a page of a search on the device has. */
const pageSize = 20;

const unopenedReason = /^(damaged|newer|older|locked)$/;

/** SealedNotes are the notes of a session. */
export class SealedNotes<N extends SealedNote> {
  #opened = new OpenedNotes<N>();
  #unopened = new Map<string, { note: N; reason: UnopenedReason }>();
  #complete = new Map<boolean, Promise<void>>();

  #source: NoteSource<N>;
  #seen: SeenVersions | null;

  constructor(source: NoteSource<N>, seen: SeenVersions | null) {
    this.#source = source;
    this.#seen = seen;
  }

  /** Returns a note with its text. One that cannot be opened has a sentence as its title, and cannot be changed. */
  async open(note: N): Promise<N> {
    try {
      const opened = await this.#read(note);
      this.#unopened.delete(note.id);
      this.#opened.add({ ...opened, sealed: null }); // the sealed text would take more memory than all the rest
      return opened;
    } catch (thrown) {
      const reason = problemOf(thrown).code as UnopenedReason;
      if (!unopenedReason.test(reason)) throw thrown;
      this.#unopened.set(note.id, { note: { ...note, sealed: null }, reason });
      return { ...note, title: this.#source.explain(reason), body: "", tags: [] };
    }
  }

  async #read(note: N): Promise<N> {
    const { id } = note;
    try {
      this.#seen?.see(id, note.version, note.sealed);
    } catch {
      // A later answer may have overtaken this one.
      note = (await this.#source.reload(id)) ?? note;
      this.#seen?.see(id, note.version, note.sealed);
    }
    return { ...note, ...(await this.#textOf(note)) };
  }

  async #textOf(note: N): Promise<NoteText> {
    return readNote(note, await this.#source.key(note), note.id, this.#source.tenant(note));
  }

  /** Returns earlier versions of a note with their texts. One that cannot be opened says why. */
  openVersions(id: string, versions: Version[]): Promise<Version[]> {
    const note = this.known(id)!;
    return Promise.all(
      versions.map(async (version) => {
        const text = await this.#textOf({ ...note, ...version }).catch((thrown) => ({ problem: this.#source.explain(problemOf(thrown).code as UnopenedReason) }));
        return { ...version, ...text };
      }),
    );
  }

  /** Returns the notes of a page with their texts. */
  async openPage<P extends Page<N>>(page: P): Promise<P> {
    const edges = await Promise.all(page.edges.map(async (edge) => ({ ...edge, node: await this.open(edge.node) })));
    return { ...page, edges };
  }

  /**
   * Returns what is sent for a note: sealed, with the page of the note, or that of the content for a new one. It throws the Problem of a
   * note that is not shown.
   */
  async seal(note: N, { title, body, tags, pinned, context: fresh }: Content & { context?: NoteContext | null | undefined }): Promise<{ sealed: string; pinned: boolean }> {
    const key = await this.#source.key(note);
    const reason = this.#unopened.get(note.id)?.reason ?? (key ? undefined : "locked");
    if (reason) throw new Problem(reason, this.#source.explain(reason));
    const context = this.known(note.id)?.context ?? fresh;
    return { sealed: await sealNote({ title, body, tags, ...(context && { context }) }, key!, note.id, this.#source.tenant(note)), pinned };
  }

  /** The note as it was opened last. */
  known(id: string): N | undefined {
    return this.#opened.get(id) ?? this.#unopened.get(id)?.note;
  }

  /** Forgets a note that was deleted for good. */
  forget(id: string): void {
    this.#opened.delete(id);
    this.#seen?.forget(id);
  }

  /** Returns a page of the notes that fit, after a note. The first call loads all notes, or all of the trash. */
  async find({ after, ...filter }: OpenedFilter & { after?: string | null }, fits: (note: N) => boolean = () => true): Promise<Page<N>> {
    await this.loadAll(!!filter.trashed);
    const found = this.#opened.find(filter).filter((note) => !this.#unopened.has(note.id) && fits(note));
    const start = found.findIndex(({ id }) => id === after) + 1;
    const page = found.slice(start, start + pageSize);
    return { edges: page.map((node) => ({ node })), pageInfo: { hasNextPage: start + pageSize < found.length, endCursor: page.at(-1)?.id ?? null } };
  }

  /** Loads all notes, or all of the trash. */
  loadAll(trashed: boolean): Promise<void> {
    const loading = this.#complete.get(trashed) ?? this.#loadAll(trashed);
    this.#complete.set(trashed, loading);
    loading.catch(() => this.#complete.delete(trashed));
    return loading;
  }

  async #loadAll(trashed: boolean): Promise<void> {
    for (let after: string | null = null; ; ) {
      const page: Page<N> = await this.#source.page(trashed, after);
      await this.openPage(page);
      if (!page.pageInfo.hasNextPage) return;
      after = page.pageInfo.endCursor;
    }
  }
}

/** Reports whether an account's notes are sealed here. */
export function isSealed(sealing: AccountSealing | undefined): boolean {
  return sealing !== undefined && sealing !== "SERVER";
}
