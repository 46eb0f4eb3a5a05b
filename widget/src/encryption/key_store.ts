// Where a page keeps its key: the frame its tenant key, the account origin its content key, each as long as the session. It is in
// IndexedDB, which alone can store a CryptoKey that no script can read.
//
// Browsers differ. Firefox and Safari refuse to store keys in private windows or in Lockdown Mode (DataCloneError), and WebKit has
// reported success and returned null. So a key is also in the memory of the page that has it. Without storage, the person unlocks again
// after a reload.

/** Values is a store of values by name, such as store.ts. */
export interface Values {
  load(name: string): Promise<unknown>;
  save(name: string, value: unknown): Promise<void>;
  remove(prefix: string): Promise<void>;
}

/** KeyKind is what a stored key is for. */
export type KeyKind = "tenant" | "content";

const uses: Record<KeyKind, string> = { tenant: "AES-GCM decrypt,encrypt", content: "HKDF deriveBits" };

interface Stored {
  owner: string;
  key: CryptoKey;
}

/** KeyStore keeps one key. */
export class KeyStore {
  #stored: Stored | undefined;

  /** The name is that of the session's own entry in the values, with another beginning. */
  constructor(
    private readonly values: Values,
    private readonly name: string,
    private readonly kind: KeyKind,
  ) {}

  /**
   * Stores the key of an owner: the account, or the viewer at a tenant, with the generation of the content key. It throws a TypeError
   * for a key that a script could read or that is of another kind.
   */
  async save(owner: string, key: CryptoKey): Promise<void> {
    if (!this.#fits(key)) throw new TypeError("not a key to store");
    this.#stored = { owner, key };
    await this.values.save(this.name, this.#stored).catch(() => {}); // it is in memory
  }

  /** Returns the key of this owner. It returns null for the key of another one, which would make notes that their author can't open. */
  async load(owner: string): Promise<CryptoKey | null> {
    const stored = this.#stored ?? ((await this.values.load(this.name).catch(() => null)) as Stored | null | undefined);
    return stored?.owner === owner && this.#fits(stored.key) ? stored.key : null;
  }

  /** Removes the key. A page without a live session calls it, too. */
  async remove(): Promise<void> {
    this.#stored = undefined;
    await this.values.remove(this.name).catch(() => {});
  }

  #fits(key: CryptoKey | undefined): boolean {
    return !!key && !key.extractable && `${key.algorithm.name} ${[...key.usages].sort()}` === uses[this.kind];
  }
}
