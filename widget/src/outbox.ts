// Stores the drafts of one person until the server has them, beyond a reload, a sign-out or a lost network. They are in the browser's
// database under the person's viewer id, encrypted with a key that no script can read. A page takes over the drafts of pages that were
// closed. If the browser refuses any of that, nothing is stored, and only the page has the draft.
import { utf8 } from "./bytes";
import { config, host } from "./config";
import type { Pending } from "./core/draft";
import { holdLock, withLock, isLockHeld } from "./lock";
import { remove, loadOrSave, loadAll, write } from "./store";

/** Sealed is an encrypted draft in the database. Its names must not change between releases. */
interface Sealed {
  page: string;
  key: string;
  iv: Uint8Array<ArrayBuffer>;
  text: ArrayBuffer;
}

const aes = "AES-GCM";

/** How long to wait before a refused lock is requested again. */
const lockRetryTime = 10_000;

/** The id of this page. As long as it has stored drafts, it holds a lock of that name. */
const thisPage: string = crypto.randomUUID();

/** Outbox stores the drafts of one person. */
export class Outbox {
  #page: string;
  /** Tenant, origin and person: the prefix of every name, and authenticated with every text. */
  #prefix: string;
  /** The JSON to store for each draft, and the JSON that is stored. */
  #toStore = new Map<string, string>();
  #stored = new Map<string, string>();
  #queue: Promise<unknown> = Promise.resolve();
  #pageLock: Promise<() => void> | undefined;
  #keyPromise: Promise<CryptoKey> | undefined;
  #restoring: Promise<[draft: string, Pending][]> | undefined;

  constructor(viewer: string, page = thisPage) {
    this.#page = page;
    this.#prefix = `${config.tenant.key} ${host ?? config.frameOrigin} ${viewer} `;
  }

  /** Stores a draft, or deletes it for null. It resolves to whether that succeeded. */
  save(draft: string, pending: Pending | null): Promise<boolean> {
    this.#toStore.set(draft, pending ? JSON.stringify(pending) : "");
    const saved = this.#queue.then(() => this.#write(draft)).then(
      () => true,
      () => false,
    );
    this.#queue = saved;
    return saved;
  }

  /**
   * Returns the drafts of pages that were closed, which belong to this page from now on. One page at a time takes over, so that no
   * draft is taken twice. It returns nothing if the browser refuses, and can be called again.
   */
  restore(): Promise<[draft: string, Pending][]> {
    return (this.#restoring ??= withLock("recall " + this.#prefix, () => this.#takeOver())
      .catch(() => [])
      .finally(() => (this.#restoring = undefined)));
  }

  async #takeOver(): Promise<[draft: string, Pending][]> {
    const restored: [string, Pending][] = [];
    for (const sealed of await loadAll<Sealed>("draft " + this.#prefix)) {
      const { page, key: draft, iv, text } = sealed;
      if (page === this.#page || (await isLockHeld(page))) continue;
      try {
        const plain = new TextDecoder().decode(await crypto.subtle.decrypt(this.#algorithm(draft, iv), await this.#key(), text));
        const pending: Pending = JSON.parse(plain);
        await this.#holdLock();
        await write(this.#name(draft), { ...sealed, page: this.#page });
        restored.push([draft, pending]);
        this.#stored.set(draft, plain);
      } catch {
        continue; // the browser has lost the key, something else wrote this, or nothing can be stored
      }
      await remove(this.#name(draft, page));
    }
    return restored;
  }

  async #write(draft: string): Promise<void> {
    const text = this.#toStore.get(draft) ?? "";
    if (text === (this.#stored.get(draft) ?? "")) return;
    if (text) {
      await this.#holdLock();
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const sealed: Sealed = { page: this.#page, key: draft, iv, text: await crypto.subtle.encrypt(this.#algorithm(draft, iv), await this.#key(), utf8(text)) };
      await write(this.#name(draft), sealed);
      this.#stored.set(draft, text);
    } else {
      await remove(this.#name(draft));
      this.#stored.delete(draft);
      this.#toStore.delete(draft);
      if (!this.#stored.size) this.#release();
    }
  }

  #name(draft: string, page = this.#page): string {
    return `draft ${this.#prefix}${draft} ${page}`;
  }

  #algorithm(draft: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: aes, iv, additionalData: utf8(this.#prefix + draft) };
  }

  /** Returns the key. All pages use the first one that was stored. */
  #key(): Promise<CryptoKey> {
    const key = (this.#keyPromise ??= crypto.subtle
      .generateKey({ name: aes, length: 256 }, false, ["encrypt", "decrypt"])
      .then((fresh) => loadOrSave("seal " + this.#prefix, fresh)));
    key.catch(() => (this.#keyPromise = undefined));
    return key;
  }

  /** Holds the lock of this page, which tells other pages that it is still open. */
  async #holdLock(): Promise<void> {
    const lock = (this.#pageLock ??= holdLock(this.#page));
    lock.catch(() => setTimeout(() => this.#pageLock === lock && (this.#pageLock = undefined), lockRetryTime));
    await lock;
  }

  #release(): void {
    void this.#pageLock?.then((release) => release(), () => {});
    this.#pageLock = undefined;
  }
}
