import { post } from "../http/post";

/** What opens an account without a passkey: a recovery code, or the token of an operator's link. */
export type Key = { code: string } | { link: string };

/** The account that it opens, as the server names it before anything happens. */
export interface Account {
  displayName: string;
  createdAt: string;
  passkeys: number;
  /** Another account, which is signed in in this browser. */
  signedInAs?: string;
}

/** Names the account that a code or a link opens. It uses nothing up. */
export const nameAccount = (key: Key): Promise<Account> => post<Account>("/passkeys/recovery/account", key);

/** What an operator's token begins with. A recovery code never comes in a link: it would be the code of a stranger. */
const prefix = "rl_";

/** Tells what a link carries behind the #: an operator's token, something else, or nothing. */
export function readFragment(hash: string): { token: string; other: boolean } {
  const carried = hash.slice(1);
  return carried.startsWith(prefix) ? { token: carried, other: false } : { token: "", other: carried !== "" };
}
