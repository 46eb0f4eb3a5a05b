import { unescaped } from "../page/escape";

/** What the fragment of an invitation's link begins with. */
export const prefix = "#invitation=";

/** The token of the invitation that a fragment holds, "" for none. */
export const readInvitation = (hash: string) => (hash.startsWith(prefix) ? unescaped(hash.slice(prefix.length)) : "");
