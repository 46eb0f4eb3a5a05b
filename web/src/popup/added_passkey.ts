// A passkey that the popup adds for a person with end-to-end encrypted notes. The popup loads this module with the extras.
import { openContentKey } from "../encryption/unlock";
import { finishWrapped } from "../encryption/wrapped_passkey";
import type { CeremonyResult } from "../passkey/ceremony_result";
import type { SignedIn } from "./new_account";
import type { PopupModules } from "./modules";

/** Finishes an addition after a sign-in. The new passkey opens the notes, too, if the one that the person has signed in with does. */
export async function wrapPasskey({ runCeremony, finishCeremony, onPrompt }: PopupModules, { proof, account: { key } }: SignedIn, made: CeremonyResult): Promise<void> {
  const bytes = await openContentKey(key, proof.secret).catch(() => null);
  if (!bytes) return void (await finishCeremony(made));
  try {
    await finishWrapped(made, bytes, key, finishCeremony, () => runCeremony("confirmation", onPrompt));
  } finally {
    bytes.fill(0);
  }
}
