import { post, recodeRefusal } from "../http/post";

/** A key to an account without a passkey: a recovery code or the token of an operator's link. */
export type Key = { code: string } | { link: string };

/** The account that a key opens. The server names it before anything happens. */
export interface Account {
  displayName: string;
  createdAt: string;
  passkeys: number;
  /** Another account that is signed in in this browser. */
  signedInAs?: string;
}

/** Returns the account that a code or a link opens, without using it up. */
export const findAccount = (key: Key): Promise<Account> => post<Account>("/passkeys/recovery/account", key).catch(explainKey(key));

/** Returns a function that throws the refusal of a link as one, since its sentence isn't that of a code. */
export const explainKey = (key: Key) => recodeRefusal("recovery_refused", "link" in key ? "link_refused" : "recovery_refused");

/** The prefix of an operator's token. A recovery code never comes in a link: it would be a stranger's code. */
const prefix = "rl_";

/** Returns what follows the # of a link: an operator's token, something else or nothing. */
export function readFragment(hash: string): { token: string; other: boolean } {
  const fragment = hash.slice(1);
  return fragment.startsWith(prefix) ? { token: fragment, other: false } : { token: "", other: fragment !== "" };
}
