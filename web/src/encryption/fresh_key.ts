// The content key itself, for what makes wraps or converts notes: opened by a passkey that is used just now.
import type { Bytes } from "../../../widget/src/encryption/encoding";
import type { Credential } from "../../../widget/src/encryption/prf";
import { Problem } from "../../../widget/src/core/problem";
import { finishCeremony, runCeremony } from "../passkey/ceremony";
import type { PasskeyKey } from "../passkey/wrapped_key";
import { showToast } from "../component/toast";
import { openContentKey } from "./unlock";
import { t } from "./text";

/** FreshPasskey is a passkey that was used just now, and what the server has for it. */
export interface FreshPasskey {
  key: PasskeyKey;
  credential: Credential;
}

/** Asks for a passkey, which also confirms what is done next. */
export async function useFreshPasskey(): Promise<FreshPasskey> {
  try {
    const proof = await runCeremony("confirmation", () => showToast(t("usePasskey")), { key: true });
    return { key: (await finishCeremony(proof)).key, credential: proof.secret };
  } finally {
    showToast("");
  }
}

/** FreshKey is the content key. The caller removes the bytes. */
export interface FreshKey extends FreshPasskey {
  bytes: Bytes;
}

/** Asks for a passkey and opens the content key with it. It throws the Problem `locked` with a sentence if that passkey can't. */
export async function openFreshKey(): Promise<FreshKey> {
  const fresh = await useFreshPasskey();
  try {
    return { ...fresh, bytes: await openContentKey(fresh.key, fresh.credential) };
  } catch (thrown) {
    throw thrown instanceof Problem ? new Problem(thrown.code, t(thrown.code === "locked" ? "otherPasskey" : "damagedWrap")) : thrown;
  }
}
