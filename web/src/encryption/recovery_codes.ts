// Recovery codes, made in the browser. The server gets what shows that somebody has one, and the content key wrapped by it.
import { recoveryCodeInput } from "../../../widget/src/encryption/activation";
import { formatRecoveryCode, newRecoveryCodes } from "../../../widget/src/encryption/recovery_code";
import { request } from "../graphql/request";
import { RefusedError } from "../http/post";
import { ENCRYPTION, REPLACE_CODES } from "./documents";
import { openFreshKey } from "./fresh_key";
import { loadTexts } from "./text";
import { handleOf } from "./unlock";

/** New recovery codes, which replace the others only once they are stored. */
export interface FreshCodes {
  codes: string[];
  /** Stores them, or throws RefusedError with CODES_OUTDATED if that is not possible any more, so that others must be made. */
  store(): Promise<void>;
}

/** Makes new recovery codes, and stores nothing yet. `sealed`: the notes of the account are end-to-end encrypted. */
export async function makeRecoveryCodes(sealed: boolean): Promise<FreshCodes> {
  await loadTexts();
  const fresh = sealed ? await openFreshKey() : null;
  const codes = newRecoveryCodes();
  const handle = fresh ? handleOf(fresh.key) : new Uint8Array();
  const inputs = await Promise.all(codes.map((code) => recoveryCodeInput(code, fresh?.bytes ?? null, handle, fresh?.key.generation ?? 0)));
  fresh?.bytes.fill(0);
  const store = async () => {
    // Another page may have turned encryption off and on meanwhile: these codes would open nothing, and replace those that do.
    if (fresh && !(await request(ENCRYPTION)).viewer.keyWraps.some(({ generation }) => generation === fresh.key.generation)) throw outdated();
    await request(REPLACE_CODES, { codes: inputs }).catch((error: unknown) => {
      // A code is taken, or encryption was turned on or off.
      throw error instanceof RefusedError && /^(CONFLICT|BAD_USER_INPUT)$/.test(error.code) ? outdated() : error;
    });
  };
  return { codes: codes.map(formatRecoveryCode), store };
}

const outdated = () => new RefusedError("CODES_OUTDATED", "");
