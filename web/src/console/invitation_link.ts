import { unescaped } from "../page/escape";

/** The prefix of the fragment in an invitation's link. */
export const prefix = "#invitation=";

/** Returns the invitation token in a fragment, "" for none. */
export const readInvitation = (hash: string) => (hash.startsWith(prefix) ? unescaped(hash.slice(prefix.length)) : "");
