// Recovery codes, made in the browser. The server gets what shows that somebody has one, and the content key wrapped by it.
import { recoveryCodeInput } from "../../../widget/src/encryption/activation";
import { formatRecoveryCode, newRecoveryCodes } from "../../../widget/src/encryption/recovery_code";
import { request } from "../graphql/request";
import { RefusedError } from "../http/post";
import { REPLACE_CODES } from "./documents";
import { openFreshKey } from "./fresh_key";
import { loadTexts } from "./text";
import { handleOf } from "./unlock";

/** Replaces the recovery codes of the account and returns the new ones. `sealed`: its notes are end-to-end encrypted. */
export async function replaceRecoveryCodes(sealed: boolean): Promise<string[]> {
  await loadTexts();
  const fresh = sealed ? await openFreshKey() : null;
  for (let attempts = 3; ; attempts--) {
    const codes = newRecoveryCodes();
    const handle = fresh ? handleOf(fresh.key) : new Uint8Array();
    const inputs = await Promise.all(codes.map((code) => recoveryCodeInput(code, fresh?.bytes ?? null, handle, fresh?.key.generation ?? 0)));
    try {
      await request(REPLACE_CODES, { codes: inputs });
    } catch (error) {
      if (attempts && error instanceof RefusedError && error.code === "CONFLICT") continue; // another account has one of the locators
      throw error;
    }
    fresh?.bytes.fill(0);
    return codes.map(formatRecoveryCode);
  }
}
