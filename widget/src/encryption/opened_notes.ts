// The opened notes of one session, in memory only: search, tags and order on the device, since the server can do none of it. It needs
// no document, so it can be in a worker.
import type { NoteText } from "./sealed_note";
import { finder, searchable } from "./search_text";
import { byPinnedThenNewest, type Note } from "../core/note";

/** OpenedNote is a note with its opened text. */
export type OpenedNote = Note & NoteText;

/** OpenedFilter is what is searched for. All conditions must hold. */
export interface OpenedFilter {
  /** A text that title, body or a tag contains. */
  search?: string;
  tag?: string;
  /** Whether notes in the trash are wanted, or the others. Default: the others. */
  trashed?: boolean;
}

interface Entry {
  note: OpenedNote;
  /** Title, body and tags, which no search text contains together: they have a line each, and it has one. */
  letters: string;
}

/** OpenedNotes are the notes that have been opened so far. */
export class OpenedNotes {
  #entries = new Map<string, Entry>();

  /** Adds a note, or replaces its earlier version. A version that is older than the known one changes nothing. */
  add(note: OpenedNote): void {
    const known = this.#entries.get(note.id);
    if (known && known.note.version > note.version) return;
    const same = known && known.note.version === note.version;
    this.#entries.set(note.id, { note, letters: same ? known.letters : searchable(textOf(note)) });
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  /** Returns the notes that fit, pinned ones first, then the newest change first. */
  find({ search = "", tag = "", trashed = false }: OpenedFilter = {}): OpenedNote[] {
    const finds = finder(search);
    const found: OpenedNote[] = [];
    for (const { note, letters } of this.#entries.values()) {
      if (!!note.trashedAt === trashed && (!tag || note.tags.includes(tag)) && finds(letters, () => textOf(note))) found.push(note);
    }
    return found.sort(byPinnedThenNewest);
  }
}

function textOf({ title, body, tags }: NoteText): string {
  return [title, ...tags, body].join("\n");
}
