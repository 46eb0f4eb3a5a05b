// A typed recovery code: what the server gets of it, and opening the content key with it.
import type { Bytes } from "../../../widget/src/encryption/encoding";
import { openWrap, recoveryKEK } from "../../../widget/src/encryption/key_wrap";
import { parseRecoveryCode, recoveryVerifier } from "../../../widget/src/encryption/recovery_code";
import type { Account, AccountKey, CeremonyResult } from "../passkey/ceremony_result";
import { keepContentKey } from "./content_key_store";
import { handleOf } from "./unlock";
import { finishWrapped } from "./wrapped_passkey";

/** RecoveryProof shows that somebody has a code. */
export interface RecoveryProof {
  locator: string;
  verifier: string;
}

/**
 * Returns the proof of a typed code. A text that can't be a code may be one with a typo, so it is not sent either: its proof is one that
 * the server refuses and counts.
 */
export async function recoveryProof(typed: string): Promise<RecoveryProof> {
  const code = parseRecoveryCode(typed) ?? { locator: "000000", secret: typed };
  return { locator: code.locator, verifier: await recoveryVerifier(code) };
}

/** Opens the content key that the server has for a typed code. It returns null if there is none, and throws what openWrap throws. */
export async function openByCode(typed: string, { generation, wrap, ...key }: AccountKey): Promise<Bytes | null> {
  const code = parseRecoveryCode(typed);
  if (!code || !wrap) return null;
  return openWrap(wrap, await recoveryKEK(code.secret), handleOf(key), { kind: "recovery", id: code.locator, generation });
}

/** Finishes a recovery by a typed code. If the notes are end-to-end encrypted, the new passkey opens them from then on. */
export async function finishRecovery(
  made: CeremonyResult,
  typed: string,
  finish: (proof: CeremonyResult) => Promise<Account>,
  confirm: () => Promise<CeremonyResult>,
): Promise<Account> {
  const { key } = made;
  const bytes = key ? await openByCode(typed, key).catch(() => null) : null;
  if (!key || !bytes) return finish(made);
  const { account } = await finishWrapped(made, bytes, key, finish, confirm); // without a wrap, the other codes open the notes
  await keepContentKey(key.handle, bytes);
  return account;
}
