// Opening the content key with the passkey of a ceremony.
import { fromBase64url, type Bytes } from "../../../widget/src/encryption/encoding";
import { openWrap, passkeyKEK, wrapContentKey } from "../../../widget/src/encryption/key_wrap";
import { prfResult, type Credential } from "../../../widget/src/encryption/prf";
import { Problem } from "../../../widget/src/core/problem";
import type { PasskeyKey } from "../passkey/ceremony_result";
import { keepContentKey } from "./content_key_store";

/** Opens the content key and keeps it. It throws what openContentKey throws, and changes nothing then. */
export async function unlock(key: PasskeyKey, credential: Credential): Promise<void> {
  await keepContentKey(key.handle, await openContentKey(key, credential));
}

/** Opens the wrap of the passkey. It throws the Problem `locked` if the passkey has none or gives no secret, and what openWrap throws. */
export async function openContentKey(key: PasskeyKey, credential: Credential): Promise<Bytes> {
  const { passkey: id, generation, wrap } = key;
  const kek = await kekOf(credential);
  if (!kek || !wrap) throw new Problem("locked");
  return openWrap(wrap, kek, handleOf(key), { kind: "passkey", id, generation });
}

/** Returns the key that the passkey's secret gives, or null if it gives none. */
export async function kekOf(credential: Credential): Promise<CryptoKey | null> {
  const result = prfResult(credential);
  return result && passkeyKEK(result);
}

/** Returns the user handle of the account. */
export function handleOf({ handle }: { handle: string }): Bytes {
  return fromBase64url(handle) ?? new Uint8Array();
}

/** Wraps the content key for a passkey, as a ceremony sends it. */
export async function wrapBy(kek: CryptoKey, id: string, bytes: Bytes, key: { handle: string; generation: number }): Promise<{ generation: number; wrap: string }> {
  const { generation } = key;
  return { generation, wrap: await wrapContentKey(bytes, kek, handleOf(key), { kind: "passkey", id, generation }) };
}
