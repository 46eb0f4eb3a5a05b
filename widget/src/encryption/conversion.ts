// Turning end-to-end encryption on and off: every note of an account, at all tenants and in the trash, is converted in the browser.
//
//	SERVER ── setSealing(END_TO_END, wraps) ──▶ CONVERTING ── setSealing(END_TO_END) ──▶ END_TO_END
//	SERVER ◀── setSealing(SERVER) ── CONVERTING ◀── setSealing(SERVER) ── END_TO_END
//
// The server has the state, and each note says which kind it is. Nothing else is stored, so any browser with the key can continue after
// a crash, in either direction. Other pages may write meanwhile: each note is converted by its version, and whatever was changed is read
// again. The state ends once the server has no note of the other kind, which it checks itself in one step with the change of state.
//
// No text is lost: the key that converts is opened from a wrap that the server has stored, not the one in memory that made the wrap;
// and a sealed text replaces a plain one only after it was opened and compared.
import { importContentKey } from "./content_key";
import type { Bytes } from "./encoding";
import { readNote, type Sealing, type StoredText, type AccountSealing } from "./note_input";
import { sealNote, type NoteText } from "./sealed_note";
import { deriveTenantKey, importTenantKey } from "./tenant_key";
import { Problem, problemOf } from "../core/problem";

/** ConvertibleNote is a note as the server returns it. */
export interface ConvertibleNote extends StoredText {
  id: string;
  version: number;
  /** The key of its tenant, t_…. */
  tenant: string;
}

/** ConvertedNote is the new form of a note, for the version that it was made from: an UpdateNoteInput. */
export type ConvertedNote = { id: string; version: number } & ({ sealed: string } | NoteText);

/** ConversionServer is the API as a conversion uses it. Each method throws a Problem. */
export interface ConversionServer {
  /**
   * Begins a conversion, turns it around, or ends it if no note of the other kind is left, and returns the state of the account. What
   * has happened already is no error. It throws `CONFLICT` if the generation is not that of the account.
   */
  setSealing(to: Sealing, generation: number): Promise<AccountSealing>;
  /** Returns at most 100 notes, of all tenants and the trash, in an order that no change of a note affects; next is null after the last. */
  page(after: string | null): Promise<{ notes: ConvertibleNote[]; next: string | null }>;
  /** Changes at most 100 notes. It throws `CONFLICT` or `NOT_FOUND`, and changes none, if one has changed meanwhile. */
  convert(notes: ConvertedNote[]): Promise<void>;
}

/** Conversion is the progress of a conversion. */
export interface Conversion {
  /** How many notes have been converted here. */
  converted: number;
  /** The ids of the notes that could not be opened. As long as there is one, the account stays CONVERTING. */
  unopened: string[];
}

/** A request has at most as many characters of text, or one note. */
const requestLength = 300_000;

/** Every pass finds what others wrote during the one before. That many mean that two pages convert in opposite directions. */
const maxPasses = 50;

/**
 * Converts all notes and returns the state of the account: CONVERTING only if notes could not be opened. It can be called again after
 * it threw: the Problem `network` and others of the server, `CONFLICT` for another generation or a conversion in the other direction,
 * or the signal's reason.
 */
export async function convertNotes(
  server: ConversionServer,
  to: Sealing,
  contentKey: Bytes,
  generation: number,
  onProgress: (progress: Conversion) => void = () => {},
  signal?: AbortSignal,
): Promise<AccountSealing> {
  if ((await server.setSealing(to, generation)) === to) return to;
  const root = await importContentKey(contentKey);
  const keys = new Map<string, Promise<CryptoKey>>();
  const keyOf = (tenant: string) => keys.get(tenant) ?? keys.set(tenant, deriveTenantKey(root, tenant).then(importTenantKey)).get(tenant)!;
  const progress: Conversion = { converted: 0, unopened: [] };
  for (let pass = 0; pass < maxPasses; pass++) {
    let found = 0;
    progress.unopened = [];
    let next: string | null = null;
    do {
      signal?.throwIfAborted();
      const page = await server.page(next);
      const converted: ConvertedNote[] = [];
      for (const note of page.notes) {
        if (note.sealing === to) continue;
        const form = await convertNote(note, to, await keyOf(note.tenant));
        if (form) converted.push(form);
        else progress.unopened.push(note.id);
      }
      found += converted.length;
      progress.converted += await send(server, converted);
      onProgress(progress);
      next = page.next;
    } while (next !== null);
    if (found) continue;
    if (progress.unopened.length) return "CONVERTING";
    if ((await server.setSealing(to, generation)) === to) return to;
    // Another page has just written a note of the other kind.
  }
  throw new Problem("CONFLICT");
}

/** Returns the other form of a note, or null for one that does not open. */
async function convertNote(note: ConvertibleNote, to: Sealing, key: CryptoKey): Promise<ConvertedNote | null> {
  const { id, version, tenant } = note;
  try {
    const text = await readNote(note, key, id, tenant);
    if (to === "SERVER") return { id, version, ...text };
    const sealed = await sealNote(text, key, id, tenant);
    const opened = await readNote({ ...note, sealing: to, sealed }, key, id, tenant);
    if (JSON.stringify(opened) !== JSON.stringify(text)) throw new Problem("damaged");
    return { id, version, sealed };
  } catch (thrown) {
    if (!/^(damaged|newer|too_long)$/.test(problemOf(thrown).code)) throw thrown;
    return null;
  }
}

/** Sends notes in requests that are not too long, and returns how many are converted. One that has changed meanwhile is left for the next pass. */
async function send(server: ConversionServer, notes: ConvertedNote[]): Promise<number> {
  const half = notes.length >> 1;
  const sendHalves = async () => (await send(server, notes.slice(0, half))) + (await send(server, notes.slice(half)));
  if (!notes.length) return 0;
  if (half && JSON.stringify(notes).length > requestLength) return sendHalves();
  try {
    await server.convert(notes);
    return notes.length;
  } catch (thrown) {
    if (!isChanged(thrown)) throw thrown;
    return half ? sendHalves() : 0;
  }
}

function isChanged(thrown: unknown): boolean {
  return /^(CONFLICT|NOT_FOUND)$/.test(problemOf(thrown).code);
}
