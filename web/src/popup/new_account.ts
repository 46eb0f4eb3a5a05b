// Discards an account that the popup has just created, if the person then declines. The popup loads this module with the extras.
import { signalUnknown } from "../passkey/signal";
import { setAccountUsed } from "../passkey/used_account";
import type { PopupModules } from "./recovery";

export interface NewAccount {
  credentialId: string;
  /** Whether another account was used in this browser before. */
  usedBefore: boolean;
}

/** Deletes the signed-in account, which is new and empty, and tells the password manager. If that fails, the account stays. */
export async function discardAccount({ post }: PopupModules, { credentialId, usedBefore }: NewAccount): Promise<void> {
  const answer = await post<{ data?: { deleteAccount: boolean } | null }>("/graphql", { query: "mutation{deleteAccount}" }).catch(() => null);
  if (!answer?.data) return;
  signalUnknown(credentialId);
  setAccountUsed(usedBefore);
}
