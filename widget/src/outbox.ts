// Keeps what one person has written and the server doesn't have yet, until it does: beyond a reload, a sign-out, a lost
// network. It lies in the browser's database under their viewer id, sealed with a key of theirs that no script can read,
// and is opened for nobody else. A page takes over what pages that are no more have left.
import { utf8 } from "./bytes";
import { config, host } from "./config";
import type { Pending } from "./draft";
import { forget, keep, recall, recallAll } from "./store";

/** What lies in the database. Its names are the same in every release. */
interface Sealed {
  page: string;
  key: string;
  iv: Uint8Array<ArrayBuffer>;
  text: ArrayBuffer;
}

const aes = "AES-GCM";

/** This page, to the others that share its database. */
const page: string = crypto.randomUUID();

export class Outbox {
  /** Whose and where; it begins every name, and is sealed in with every text. */
  #place: string;
  /** What is to be kept of each draft, and what is. */
  #wanted = new Map<string, string>();
  #kept = new Map<string, string>();
  #done: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;

  constructor(viewer: string) {
    this.#place = `${config.tenant.key} ${host ?? config.frameOrigin} ${viewer} `;
  }

  /** Keeps the draft as it is, null: no longer. Resolves when that is done. */
  keep(draft: string, pending: Pending | null): Promise<void> {
    this.#wanted.set(draft, pending ? JSON.stringify(pending) : "");
    return (this.#done = this.#done.then(() => this.#write(draft)).catch(() => {}));
  }

  /** What pages that are no more have left, this one's from now on. One page at a time takes over, so that none gets it twice. */
  recall(): Promise<[draft: string, Pending][]> {
    return navigator.locks.request("recall " + this.#place, async () => {
      const held = (await navigator.locks.query()).held ?? [];
      const found: [string, Pending][] = [];
      for (const { page: whose, key: draft, iv, text } of await recallAll<Sealed>("draft " + this.#place)) {
        if (whose === page || held.some(({ name }) => name === whose)) continue;
        try {
          const plain = new TextDecoder().decode(await crypto.subtle.decrypt(this.#with(draft, iv), await this.#key(), text));
          found.push([draft, JSON.parse(plain)]);
          this.#kept.set(draft, plain);
        } catch {
          continue; // the browser has lost the key, or somebody else put this here
        }
        await this.#hold();
        await keep(this.#name(draft), { page, key: draft, iv, text });
        await forget(this.#name(draft, whose));
      }
      return found;
    });
  }

  async #write(draft: string): Promise<void> {
    const text = this.#wanted.get(draft) ?? "";
    if (text === (this.#kept.get(draft) ?? "")) return;
    if (text) {
      await this.#hold();
      const iv = crypto.getRandomValues(new Uint8Array(12));
      await keep(this.#name(draft), { page, key: draft, iv, text: await crypto.subtle.encrypt(this.#with(draft, iv), await this.#key(), utf8(text)) });
      this.#kept.set(draft, text);
    } else {
      await forget(this.#name(draft));
      this.#kept.delete(draft);
      this.#wanted.delete(draft);
      if (this.#kept.size) return;
      this.#release?.();
      this.#release = undefined;
    }
  }

  #name(draft: string, whose = page): string {
    return `draft ${this.#place}${draft} ${whose}`;
  }

  #with(draft: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: aes, iv, additionalData: utf8(this.#place + draft) };
  }

  /** Two pages must not make two keys. */
  #key(): Promise<CryptoKey> {
    const name = "seal " + this.#place;
    return navigator.locks.request(name, async () => {
      let key = await recall<CryptoKey>(name);
      if (!key) {
        key = await crypto.subtle.generateKey({ name: aes, length: 256 }, false, ["encrypt", "decrypt"]);
        await keep(name, key);
      }
      return key;
    });
  }

  /** As long as it has something to keep, other pages can tell that this one is still there. */
  #hold(): Promise<void> {
    return new Promise((held) => {
      if (this.#release) return held();
      void navigator.locks.request(page, { mode: "shared" }, () => {
        held();
        return new Promise<void>((release) => (this.#release = release));
      });
    });
  }
}
