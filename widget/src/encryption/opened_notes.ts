// The opened notes of one session, in memory only: search, tags and order on the device, since the server can do none of it. It needs
// no document, so it can be in a worker.
import { finder, searchable } from "./search_text";
import { byPinnedThenNewest, type Note } from "../core/note";

/** OpenedFilter is what is searched for. All conditions must hold. */
export interface OpenedFilter {
  /** A text that title, body or a tag contains. */
  search?: string;
  tag?: string;
  /** Whether notes in the trash are wanted, or the others. Default: the others. */
  trashed?: boolean;
}

interface Entry<N> {
  note: N;
  /** Title, body and tags, which no search text contains together: they have a line each, and it has one. */
  letters: string;
}

/** OpenedNotes are the notes that have been opened so far. */
export class OpenedNotes<N extends Note> {
  #entries = new Map<string, Entry<N>>();

  /** Adds a note, or replaces its earlier version. A version that is older than the known one changes nothing. */
  add(note: N): void {
    const known = this.#entries.get(note.id);
    if (known && known.note.version > note.version) return;
    const same = known && known.note.version === note.version;
    this.#entries.set(note.id, { note, letters: same ? known.letters : searchable(textOf(note)) });
  }

  get(id: string): N | undefined {
    return this.#entries.get(id)?.note;
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  /** Returns the notes that fit, pinned ones first, then the newest change first. */
  find({ search = "", tag = "", trashed = false }: OpenedFilter = {}): N[] {
    const finds = finder(search);
    const found: N[] = [];
    for (const { note, letters } of this.#entries.values()) {
      if (!!note.trashedAt === trashed && (!tag || note.tags.includes(tag)) && finds(letters, () => textOf(note))) found.push(note);
    }
    return found.sort(byPinnedThenNewest);
  }
}

function textOf({ title, body, tags }: Note): string {
  return [title, ...tags, body].join("\n");
}
