// The fields of a note that are sent to the server and read from it: sealed or not, by the account's state and this page's key.
import { openNote, sealNote, type NoteText } from "./sealed_note";
import type { NoteContext } from "../core/note";
import { Problem } from "../core/problem";

/** AccountSealing is the state of an account, as the API returns it. While it is CONVERTING, its notes are of both kinds. */
export type AccountSealing = "SERVER" | "CONVERTING" | "END_TO_END";

/** Sealing is who can open a note: the server, too, or only the devices of its author. */
export type Sealing = "SERVER" | "END_TO_END";

/** NoteInput is the part of CreateNoteInput and UpdateNoteInput that has the text. */
export type NoteInput = { sealed: string } | NoteText;

/** StoredText is a note's text as the server has it. For END_TO_END, `sealed` has all of it. */
export interface StoredText extends Omit<NoteText, "context"> {
  context?: NoteContext | null;
  sealing: Sealing;
  sealed: string | null;
}

/**
 * Returns a text as it is sent. Where the page has a key, it is sealed unless the account is SERVER. Without a key it is plain, but
 * for an account that is END_TO_END, that throws the Problem `locked`: nothing is sent.
 */
export async function noteInput(text: NoteText, sealing: AccountSealing, key: CryptoKey | null, id: string, tenant: string): Promise<NoteInput> {
  if (sealing === "END_TO_END" && !key) throw new Problem("locked");
  return key && sealing !== "SERVER" ? { sealed: await sealNote(text, key, id, tenant) } : text;
}

/** Returns the text of a note of either kind. It throws the Problem `locked` without a key, and what openNote throws. */
export async function readNote(note: StoredText, key: CryptoKey | null, id: string, tenant: string): Promise<NoteText> {
  const { title, body, tags, context } = note;
  if (note.sealing === "SERVER") return { title, body, tags, ...(context && { context: { id: context.id, title: context.title, url: context.url } }) };
  if (!key) throw new Problem("locked");
  return openNote(note.sealed ?? "", key, id, tenant);
}
