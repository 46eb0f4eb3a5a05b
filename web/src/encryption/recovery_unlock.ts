// Opening the content key with a recovery code.
import type { Bytes } from "../../../widget/src/encryption/encoding";
import { openWrap, recoveryKEK } from "../../../widget/src/encryption/key_wrap";
import { parseRecoveryCode } from "../../../widget/src/encryption/recovery_code";
import type { Account, CeremonyResult } from "../passkey/ceremony_result";
import type { AccountKey } from "../passkey/wrapped_key";
import { keepContentKey } from "./content_key_store";
import { handleOf, kekOf, wrapBy } from "./unlock";

/** Opens the content key that the server has for a typed code. It returns null if there is none, and throws what openWrap throws. */
export async function openByCode(typed: string, { generation, wrap, ...key }: AccountKey): Promise<Bytes | null> {
  const code = parseRecoveryCode(typed);
  if (!code || !wrap) return null;
  return openWrap(wrap, await recoveryKEK(code.secret), handleOf(key), { kind: "recovery", id: code.locator, generation });
}

/**
 * Finishes a recovery by a typed code. If the notes are end-to-end encrypted, the new passkey opens them from then on: its wrap is sent
 * before the code is used up, or, where the device gives a secret only when the passkey is used, by `confirm` after it.
 */
export async function finishRecovery(
  made: CeremonyResult,
  typed: string,
  finish: (proof: CeremonyResult) => Promise<Account>,
  confirm: () => Promise<CeremonyResult>,
): Promise<Account> {
  const { key, passkey } = made;
  const bytes = key ? await openByCode(typed, key).catch(() => null) : null;
  if (!key || !bytes) return finish(made);
  const wrap = async (proof: CeremonyResult) => {
    const kek = await kekOf(proof.secret);
    if (kek) proof.wrap = await wrapBy(kek, passkey!, bytes, key);
    return !!kek;
  };
  const wrapped = await wrap(made);
  const account = await finish(made);
  if (!wrapped) {
    // The other codes open the notes, too, if the person declines.
    await confirm().then(async (used) => (await wrap(used)) && finish(used)).catch(() => {});
  }
  await keepContentKey(key.handle, bytes);
  return account;
}
