// Adding a passkey to an account that is end-to-end encrypted: the content key is wrapped by it, too.
import { runCeremony, type CeremonyResult } from "../passkey/ceremony";
import { finishAndUnlock } from "../session/finished_ceremony";
import { openFreshKey } from "./fresh_key";
import { loadTexts, t } from "./text";
import { kekOf, wrapBy } from "./unlock";

/**
 * Adds a passkey by a ceremony. It asks for another passkey first, which opens the content key. It returns what to say: whether the new
 * passkey opens the notes, too. Some devices give a secret only when the passkey is used, so it asks for the new one once more
 * then.
 */
export async function addWrappedPasskey(addition: () => Promise<CeremonyResult>, onPrompt: () => void): Promise<string> {
  await loadTexts();
  const { bytes, key } = await openFreshKey();
  try {
    const made = await addition();
    const passkey = made.passkey!;
    const wrap = async (proof: CeremonyResult) => {
      const kek = await kekOf(proof.secret);
      if (kek) proof.wrap = await wrapBy(kek, passkey, bytes, key);
      return !!kek;
    };
    const wrapped = await wrap(made);
    await finishAndUnlock(made);
    if (wrapped) return t("passkeyOpens");
    const used = await runCeremony("confirmation", onPrompt);
    const now = used.credential.id === made.credential.id && (await wrap(used));
    await finishAndUnlock(used);
    return t(now ? "passkeyOpens" : "passkeySignsIn");
  } finally {
    bytes.fill(0);
  }
}
