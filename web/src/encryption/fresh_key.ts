// Opens the content key with a passkey that the person uses just then. Code that makes wraps or converts notes needs the key
// itself.
import type { Bytes } from "../../../widget/src/encryption/encoding";
import type { Credential } from "../../../widget/src/encryption/prf";
import { Problem } from "../../../widget/src/core/problem";
import { runCeremony } from "../passkey/ceremony";
import type { PasskeyKey } from "../passkey/ceremony_result";
import { showToast } from "../component/toast";
import { finishAndUnlock } from "../session/finished_ceremony";
import { openContentKey } from "./unlock";
import { t } from "./text";

/** FreshPasskey is a passkey that was just used, with the description of the content key that the server sent for it. */
export interface FreshPasskey {
  key: PasskeyKey;
  credential: Credential;
}

/** Asks the person to use a passkey. This also confirms the session for the change that follows. */
export async function useFreshPasskey(): Promise<FreshPasskey> {
  try {
    const proof = await runCeremony("confirmation", () => showToast(t("usePasskey")), { key: true });
    return { key: (await finishAndUnlock(proof)).key, credential: proof.secret };
  } finally {
    showToast("");
  }
}

/** FreshKey is the content key and the passkey that opened it. The caller must erase the bytes. */
export interface FreshKey extends FreshPasskey {
  bytes: Bytes;
}

/** Asks for a passkey and opens the content key with it. It throws the Problem `locked` with a message if that passkey can't. */
export async function openFreshKey(): Promise<FreshKey> {
  const fresh = await useFreshPasskey();
  try {
    return { ...fresh, bytes: await openContentKey(fresh.key, fresh.credential) };
  } catch (thrown) {
    throw thrown instanceof Problem ? new Problem(thrown.code, t(thrown.code === "locked" ? "otherPasskey" : "damagedWrap")) : thrown;
  }
}
