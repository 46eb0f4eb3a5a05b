// What the server gets of a recovery code.
import { parseRecoveryCode, recoveryVerifier } from "../../../widget/src/encryption/recovery_code";

/** RecoveryProof shows that somebody has a code. */
export interface RecoveryProof {
  locator: string;
  verifier: string;
}

/**
 * Returns the proof of a typed code. A text that can't be a code may be one with a typo, so it is not sent either: its proof is one that
 * the server refuses and counts.
 */
export async function recoveryProof(typed: string): Promise<RecoveryProof> {
  const code = parseRecoveryCode(typed) ?? { locator: "000000", secret: typed };
  return { locator: code.locator, verifier: await recoveryVerifier(code) };
}
