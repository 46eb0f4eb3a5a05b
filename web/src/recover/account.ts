import { post, recodeRefusal, RefusedError } from "../http/post";
import { recoveryProof } from "../encryption/recovery";
import type { AccountKey } from "../passkey/ceremony_result";

/** A key to an account without a passkey: a recovery code or the token of an operator's link. */
export type Key = { code: string } | { link: string };

/** What shows the server that somebody has a key. Of a code that was made in a browser, the server gets no more. */
export type Proof = Key | { locator: string; verifier: string };

/** The account that a key opens. The server names it before anything happens. */
export interface Account {
  displayName: string;
  createdAt: string;
  passkeys: number;
  /** Another account that is signed in in this browser. */
  signedInAs?: string;
  /** What the server has of the content key for the code. */
  key?: AccountKey;
  /** What found the account. */
  proof: Proof;
}

/** Returns the account that a code or a link opens, without using it up. */
export async function findAccount(key: Key): Promise<Account> {
  const find = async (proof: Proof) => ({ ...(await post<Omit<Account, "proof">>("/passkeys/recovery/account", proof)), proof });
  if ("link" in key) return find(key).catch(explainKey(key));
  try {
    return await find(await recoveryProof(key.code));
  } catch (error) {
    if (!(error instanceof RefusedError && error.code === "recovery_code_old")) throw error;
    return find(key); // the server made it, and knows no proof
  }
}

/** Returns a function that throws the refusal of a link as one, since its sentence isn't that of a code. */
export const explainKey = (key: Key) => recodeRefusal("recovery_refused", "link" in key ? "link_refused" : "recovery_refused");

/** The prefix of an operator's token. A recovery code never comes in a link: it would be a stranger's code. */
const prefix = "rl_";

/** Returns what follows the # of a link: an operator's token, something else or nothing. */
export function readFragment(hash: string): { token: string; other: boolean } {
  const fragment = hash.slice(1);
  return fragment.startsWith(prefix) ? { token: fragment, other: false } : { token: "", other: fragment !== "" };
}
