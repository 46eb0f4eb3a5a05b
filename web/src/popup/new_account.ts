// Discards an account that the popup has just created, if the person then declines. The popup loads this module with the extras. A person
// who closes the window has not declined: the account stays, since its passkey is stored, and signs in to it the next time.
import type { Account, CeremonyResult } from "../passkey/ceremony_result";
import { signalUnknown } from "../passkey/signal";
import { forgetAccountUsed } from "../passkey/used_account";
import type { PopupModules } from "./interaction";

/** SignedIn is a sign-in in the popup. */
export interface SignedIn {
  proof: CeremonyResult;
  account: Account;
  /** Whether another account was used in this browser before. */
  usedBefore: boolean;
}

/**
 * Deletes an account that is new and empty, and tells the password manager. It stays if another account is signed in by now, if it
 * was used in another window, or if the request fails.
 */
export async function discardAccount({ post }: PopupModules, { proof, account, usedBefore }: SignedIn): Promise<void> {
  if (!(await post("/passkeys/registration/undo", { passkey: account.key.passkey }).catch(() => null))) return;
  signalUnknown(proof.credential.id);
  if (!usedBefore) forgetAccountUsed();
}
