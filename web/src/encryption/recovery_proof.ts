// What the server gets of a recovery code.
import { parseRecoveryCode, recoveryVerifier } from "../../../widget/src/encryption/recovery_code";

/** RecoveryProof shows that somebody has a code. */
export interface RecoveryProof {
  locator: string;
  verifier: string;
}

/** Returns the proof of a typed code. Of a text that can't be a code it returns an empty one, which the server refuses and counts. */
export async function recoveryProof(typed: string): Promise<RecoveryProof> {
  const code = parseRecoveryCode(typed);
  return code ? { locator: code.locator, verifier: await recoveryVerifier(code) } : { locator: "", verifier: "" };
}
