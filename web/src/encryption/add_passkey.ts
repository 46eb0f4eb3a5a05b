// Adding a passkey to an account that is end-to-end encrypted.
import { runCeremony, type CeremonyResult } from "../passkey/ceremony";
import { finishAndUnlock } from "../session/finished_ceremony";
import { openFreshKey } from "./fresh_key";
import { loadTexts, t } from "./text";
import { finishWrapped } from "./wrapped_passkey";

/**
 * Adds a passkey by a ceremony. It asks for another passkey first, which opens the content key. It returns what to say: whether the new
 * passkey opens the notes, too.
 */
export async function addWrappedPasskey(addition: () => Promise<CeremonyResult>, onPrompt: () => void): Promise<string> {
  await loadTexts();
  const { bytes, key } = await openFreshKey();
  try {
    const { opens } = await finishWrapped(await addition(), bytes, key, finishAndUnlock, () => runCeremony("confirmation", onPrompt));
    return t(opens ? "passkeyOpens" : "passkeySignsIn");
  } finally {
    bytes.fill(0);
  }
}
