// Keeps what one person has written and the server doesn't have yet, until it does: beyond a reload, a sign-out, a lost
// network. It lies in the browser's database under their viewer id, sealed with a key of theirs that no script can read,
// and is opened for nobody else. A page takes over what pages that are no more have left. Where the browser refuses any of
// that, nothing lies there, and the page alone has it.
import { utf8 } from "./bytes";
import { config, host } from "./config";
import type { Pending } from "./draft";
import { hold, inTurn, isHeld } from "./lock";
import { forget, keepFirst, recallAll, write } from "./store";

/** What lies in the database. Its names are the same in every release. */
interface Sealed {
  page: string;
  key: string;
  iv: Uint8Array<ArrayBuffer>;
  text: ArrayBuffer;
}

const aes = "AES-GCM";

/** How long a lock that was refused isn't asked for again. */
const rest = 10_000;

/** This page, to the others that share its database. As long as it keeps something it holds a lock of that name. */
const thisPage: string = crypto.randomUUID();

export class Outbox {
  #page: string;
  /** Whose and where; it begins every name, and is sealed in with every text. */
  #place: string;
  /** What is to be kept of each draft, and what is. */
  #wanted = new Map<string, string>();
  #kept = new Map<string, string>();
  #done: Promise<unknown> = Promise.resolve();
  #held: Promise<() => void> | undefined;
  #sealing: Promise<CryptoKey> | undefined;
  #recalling: Promise<[draft: string, Pending][]> | undefined;

  constructor(viewer: string, page = thisPage) {
    this.#page = page;
    this.#place = `${config.tenant.key} ${host ?? config.frameOrigin} ${viewer} `;
  }

  /** Keeps the draft as it is, null: no longer. Resolves to whether a later page would find it so. */
  keep(draft: string, pending: Pending | null): Promise<boolean> {
    this.#wanted.set(draft, pending ? JSON.stringify(pending) : "");
    const kept = this.#done.then(() => this.#write(draft)).then(
      () => true,
      () => false,
    );
    this.#done = kept;
    return kept;
  }

  /**
   * What pages that are no more have left, this one's from now on. One page at a time takes over, so that none gets it twice.
   * Nothing where the browser refuses; it may be asked again.
   */
  recall(): Promise<[draft: string, Pending][]> {
    return (this.#recalling ??= inTurn("recall " + this.#place, () => this.#takeOver())
      .catch(() => [])
      .finally(() => (this.#recalling = undefined)));
  }

  async #takeOver(): Promise<[draft: string, Pending][]> {
    const found: [string, Pending][] = [];
    for (const sealed of await recallAll<Sealed>("draft " + this.#place)) {
      const { page, key: draft, iv, text } = sealed;
      if (page === this.#page || (await isHeld(page))) continue;
      try {
        const plain = new TextDecoder().decode(await crypto.subtle.decrypt(this.#with(draft, iv), await this.#key(), text));
        const pending: Pending = JSON.parse(plain);
        await this.#hold();
        await write(this.#name(draft), { ...sealed, page: this.#page });
        found.push([draft, pending]);
        this.#kept.set(draft, plain);
      } catch {
        continue; // the browser has lost the key, or somebody else put this here; or it keeps nothing new
      }
      await forget(this.#name(draft, page));
    }
    return found;
  }

  async #write(draft: string): Promise<void> {
    const text = this.#wanted.get(draft) ?? "";
    if (text === (this.#kept.get(draft) ?? "")) return;
    if (text) {
      await this.#hold();
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const sealed: Sealed = { page: this.#page, key: draft, iv, text: await crypto.subtle.encrypt(this.#with(draft, iv), await this.#key(), utf8(text)) };
      await write(this.#name(draft), sealed);
      this.#kept.set(draft, text);
    } else {
      await forget(this.#name(draft));
      this.#kept.delete(draft);
      this.#wanted.delete(draft);
      if (!this.#kept.size) this.#release();
    }
  }

  #name(draft: string, page = this.#page): string {
    return `draft ${this.#place}${draft} ${page}`;
  }

  #with(draft: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: aes, iv, additionalData: utf8(this.#place + draft) };
  }

  /** Two pages must not use two keys: the first one that was kept is everybody's. */
  #key(): Promise<CryptoKey> {
    const key = (this.#sealing ??= crypto.subtle
      .generateKey({ name: aes, length: 256 }, false, ["encrypt", "decrypt"])
      .then((fresh) => keepFirst("seal " + this.#place, fresh)));
    key.catch(() => (this.#sealing = undefined));
    return key;
  }

  /** As long as it has something to keep, other pages can tell that this one is still there. */
  async #hold(): Promise<void> {
    const held = (this.#held ??= hold(this.#page));
    held.catch(() => setTimeout(() => this.#held === held && (this.#held = undefined), rest));
    await held;
  }

  #release(): void {
    void this.#held?.then((release) => release(), () => {});
    this.#held = undefined;
  }
}
