// A new passkey of an account that is end-to-end encrypted: the content key is wrapped by it, so that it opens the notes, too.
import type { Bytes } from "../../../widget/src/encryption/encoding";
import type { Account, CeremonyResult } from "../passkey/ceremony_result";
import { kekOf, wrapBy } from "./unlock";

/**
 * Finishes a ceremony that has made a passkey. The wrap is sent with it, or, where the device gives a secret only when the passkey is
 * used, after it: `confirm` asks for the passkey once more then. The person may decline, or use another one. It returns whether the
 * passkey opens the notes.
 */
export async function finishWrapped(
  made: CeremonyResult,
  bytes: Bytes,
  key: { handle: string; generation: number },
  finish: (proof: CeremonyResult) => Promise<Account>,
  confirm: () => Promise<CeremonyResult>,
): Promise<{ account: Account; opens: boolean }> {
  const wrap = async (proof: CeremonyResult) => {
    const kek = proof.credential.id === made.credential.id && (await kekOf(proof.secret));
    if (kek) proof.wrap = await wrapBy(kek, made.passkey!, bytes, key);
    return !!kek;
  };
  const confirmAndWrap = async () => {
    const used = await confirm();
    return (await wrap(used)) && !!(await finish(used));
  };
  const wrapped = await wrap(made);
  const account = await finish(made);
  return { account, opens: wrapped || (await confirmAndWrap().catch(() => false)) };
}
