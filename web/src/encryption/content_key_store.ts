// Where the account origin keeps the content key: in its IndexedDB, as a key that no script can read, until the account session ends. A
// page that finds no session deletes the whole database (session/content_key.ts).
import { importContentKey } from "../../../widget/src/encryption/content_key";
import type { Bytes } from "../../../widget/src/encryption/encoding";
import { KeyStore } from "../../../widget/src/encryption/key_store";
import { load, remove, save } from "../../../widget/src/store";

/** KeyOwner is whose key it is: an account, and which of its content keys. */
export interface KeyOwner {
  /** The WebAuthn user handle of the account, in base64url. */
  handle: string;
  generation: number;
}

const store = new KeyStore({ load: (name) => load(name), save, remove }, "content key ", "content");

const nameOf = ({ handle, generation }: KeyOwner): string => `${handle} ${generation}`;

/** Keeps the content key, and returns it as the key that tenant keys are derived from. The bytes are removed. */
export async function keepContentKey(owner: KeyOwner, bytes: Bytes): Promise<CryptoKey> {
  const key = await importContentKey(bytes);
  bytes.fill(0);
  await store.save(nameOf(owner), key);
  return key;
}

/** Returns the content key, or null: the notes are locked in this browser. */
export function contentKeyOf(owner: KeyOwner): Promise<CryptoKey | null> {
  return store.load(nameOf(owner));
}

/** Removes the content key. */
export function removeContentKey(): Promise<void> {
  return store.remove();
}
