// The end of a ceremony on the account pages. The popup unlocks notes later, if it does (encryption/frame_key.ts).
import { loadExtras } from "../page/extras";
import { finishCeremony } from "../passkey/ceremony";
import type { Account, CeremonyResult } from "../passkey/ceremony_result";

/** Sends the proof to the server. If the person's notes are end-to-end encrypted, the passkey also unlocks them in this browser, if it can. */
export async function finishAndUnlock(proof: CeremonyResult): Promise<Account> {
  const account = await finishCeremony(proof);
  if (account.key?.wrap) await loadExtras().then(({ unlock }) => unlock(account.key, proof.secret)).catch(() => {});
  return account;
}
