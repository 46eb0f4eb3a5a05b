// The account origin keeps the content key in its IndexedDB, as a key that no script can read, until the account session
// ends. A page that finds no session deletes the whole database (session/content_key.ts). An entry needs no generation: a new
// content key ends all other sessions, and the session that makes it replaces its own entry.
import { importContentKey } from "../../../widget/src/encryption/content_key";
import type { Bytes } from "../../../widget/src/encryption/encoding";
import { KeyStore } from "../../../widget/src/encryption/key_store";
import { load, remove, save } from "../../../widget/src/store";
import { markContentKey } from "../session/content_key";

const store = new KeyStore({ load: (name) => load(name), save, remove }, "content key ", "content");

/** Stores the content key of the account with this user handle (base64url), and overwrites the bytes with zeros. */
export async function keepContentKey(handle: string, bytes: Bytes): Promise<void> {
  const key = await importContentKey(bytes);
  bytes.fill(0);
  markContentKey();
  await store.save(handle, key);
}

/** Returns the content key, from which tenant keys are derived, or null if the notes are locked in this browser. */
export async function contentKeyOf(handle: string): Promise<CryptoKey | null> {
  const key = await store.load(handle);
  if (key) markContentKey(); // renews the cookie, which browsers let expire before the key
  return key;
}

/** Removes the content key: before another one is made, and after the notes are decrypted. */
export function removeContentKey(): Promise<void> {
  return store.remove();
}
