// A passkey that the popup adds on this device after a sign-in with another one. The popup loads this module with the extras.
import { openContentKey } from "../encryption/unlock";
import { finishWrapped } from "../encryption/wrapped_passkey";
import type { CeremonyResult } from "../passkey/ceremony_result";
import type { SignedIn } from "./new_account";
import type { PopupModules } from "./interaction";
import { explainTooMany } from "./passkey_text";

/** Creates a passkey for the signed-in account on this device, and finishes the ceremony. An existing one is fine too. */
export async function addPasskeyHere(modules: PopupModules, signedIn: SignedIn): Promise<void> {
  try {
    await finishAddition(modules, signedIn, await modules.runCeremony("addition", modules.onPrompt, { attachment: "platform" }));
  } catch (error) {
    if (error instanceof DOMException && error.name === "InvalidStateError") return;
    const { code } = error as { code?: unknown };
    throw code === "too_many_passkeys" ? new modules.RefusedError(code, explainTooMany()) : error;
  }
}

/** Finishes an addition. The new passkey opens end-to-end encrypted notes, too, if the one that the person has signed in with does. */
async function finishAddition({ runCeremony, finishCeremony, onPrompt }: PopupModules, { proof, account: { key } }: SignedIn, made: CeremonyResult): Promise<void> {
  const bytes = await openContentKey(key, proof.secret).catch(() => null);
  if (!bytes) return void (await finishCeremony(made));
  try {
    await finishWrapped(made, bytes, key, finishCeremony, () => runCeremony("confirmation", onPrompt));
  } finally {
    bytes.fill(0);
  }
}
