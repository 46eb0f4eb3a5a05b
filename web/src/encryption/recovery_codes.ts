// Recovery codes, made in the browser. The server gets what shows that somebody has one, and the content key wrapped by it.
import { recoveryCodeInput } from "../../../widget/src/encryption/activation";
import { formatRecoveryCode, newRecoveryCodes } from "../../../widget/src/encryption/recovery_code";
import { request } from "../graphql/request";
import { REPLACE_CODES } from "./documents";
import { openFreshKey } from "./fresh_key";
import { loadTexts } from "./text";
import { handleOf } from "./unlock";

/** New recovery codes, which replace the others only once they are stored. */
export interface FreshCodes {
  codes: string[];
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
  return { codes: codes.map(formatRecoveryCode), store: async () => void (await request(REPLACE_CODES, { codes: inputs })) };
}
