// Where the account origin keeps the content key: in its IndexedDB, as a key that no script can read, until the account session ends. A
// page that finds no session deletes the whole database (session/content_key.ts). A new content key ends all other sessions, and the one
// that makes it replaces the earlier key: so the owner alone says which key it is.
import { importContentKey } from "../../../widget/src/encryption/content_key";
import type { Bytes } from "../../../widget/src/encryption/encoding";
import { KeyStore } from "../../../widget/src/encryption/key_store";
import { load, remove, save } from "../../../widget/src/store";
import { markContentKey } from "../session/content_key";

const store = new KeyStore({ load: (name) => load(name), save, remove }, "content key ", "content");

/** Keeps the content key of the account with this user handle (base64url), and removes the bytes. */
export async function keepContentKey(handle: string, bytes: Bytes): Promise<void> {
  const key = await importContentKey(bytes);
  bytes.fill(0);
  markContentKey();
  await store.save(handle, key);
}

/** Returns the content key, from which tenant keys are derived, or null: the notes are locked in this browser. */
export async function contentKeyOf(handle: string): Promise<CryptoKey | null> {
  const key = await store.load(handle);
  if (key) markContentKey(); // browsers let a cookie expire that a script has set, and not the key
  return key;
}

/** Removes the content key, before another one is made or the notes are no longer encrypted. */
export function removeContentKey(): Promise<void> {
  return store.remove();
}
