// The newest version of each note that this device has seen. A server that offers an older one, or another text as the same version, may
// have been restored from a backup, or replaced by somebody who wants an old text back: the person is told.
//
// A slow answer may be overtaken by one that has a later version. So a caller asks for the note again before it tells the person.
//
// It detects what the version shows. A server that gives an old text a new number is not detected: restoring an earlier version does
// the same. The numbers are kept in the browser, so another device detects only what it has seen itself.
import type { Values } from "./key_store";
import { Problem } from "../core/problem";

/** The version, and the end of the sealed text, which is the tag that authenticates it ("" for a note of the server's). */
type Seen = [version: number, tag: string];

/** An account has 5,000 notes. Of as many more, deleted ones included, the versions are remembered. */
const maxCount = 10_000;

const tagCharacters = 20;

/** SeenVersions are the versions that one device has seen of the notes of one session. */
export class SeenVersions {
  #values: Values;
  #name: string;
  #seen = new Map<string, Seen>();
  #forgotten = new Set<string>();
  #saving = false;
  #changed = false;

  /** The name is that of the session's own entry in the values, with another beginning. */
  constructor(values: Values, name: string) {
    this.#values = values;
    this.#name = name;
  }

  /** Reads what other pages have seen. */
  async load(): Promise<void> {
    const stored = await this.#values.load(this.#name).catch(() => null);
    if (!Array.isArray(stored)) return;
    for (const [id, seen] of stored as [string, Seen][]) {
      const known = this.#seen.get(id);
      if (!this.#forgotten.has(id) && (!known || seen[0] > known[0])) this.#seen.set(id, seen);
    }
  }

  /** Takes a version that the server offers. It throws the Problem `older` if this device has seen a later one, or another text of it. */
  see(id: string, version: number, sealed: string | null): void {
    const tag = [...(sealed ?? "").slice(-tagCharacters)].join(""); // a copy: a slice would keep all of the sealed text in memory
    const seen: Seen = [version, tag];
    const known = this.#seen.get(id);
    if (known && (known[0] > version || (known[0] === version && known[1] !== seen[1]))) throw new Problem("older");
    if (known && known[0] === version) return;
    this.#seen.delete(id); // the last one in the order is the one seen last
    this.#seen.set(id, seen);
    if (this.#seen.size > maxCount) this.#seen.delete(this.#seen.keys().next().value!);
    void this.#save();
  }

  /** Forgets a note, so that the person can go on with the version that the server offers. */
  forget(id: string): void {
    this.#seen.delete(id);
    this.#forgotten.add(id);
    void this.#save();
  }

  async #save(): Promise<void> {
    this.#changed = true;
    if (this.#saving) return;
    this.#saving = true;
    while (this.#changed) {
      await this.load();
      this.#changed = false;
      await this.#values.save(this.#name, [...this.#seen]).catch(() => {});
    }
    this.#saving = false;
  }
}
