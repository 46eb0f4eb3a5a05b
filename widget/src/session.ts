// The session of this tenant on this page: stored for the next page of the tenant's site, and shared with its open pages.

import { config, host, pageURL } from "./config";
import { post } from "./dpop";
import { remove, save, load } from "./store";

/** Attempt is a sign-in in progress: what is needed to redeem its code. */
export interface Attempt {
  requestURI: string;
  state: string;
  verifier: string;
  key: CryptoKeyPair;
  /** The key pair to which the window encrypts the key of the notes, if they are end-to-end encrypted. */
  transfer?: CryptoKeyPair;
}

/** Push pushes the authorization request of a sign-in, for the visitor of a handle or "" for nobody. It throws a Problem. */
export type Push = (handle: string) => Promise<Attempt>;

/** SentKey is the key of end-to-end encrypted notes as the sign-in window sent it: encrypted to the key pair of the attempt. */
export type SentKey = [jwe: string, attempt: Attempt];

/** Session is the result of a sign-in. */
export interface Session {
  token: string;
  key: CryptoKeyPair;
  /** The hash of the subject to which it is bound, if any. Equal subjects have equal hashes. */
  subject: string | undefined;
  /** Whether only the tenant's assertion opened it. */
  vouched?: true;
  /** The key of end-to-end encrypted notes at this tenant. It is removed with the session. */
  contentKey?: CryptoKey;
  /** The same key as it was sent, if it was, until it is opened. */
  transfer?: SentKey | "" | null | undefined;
  /** Whether the API has ever returned end-to-end encrypted notes in this session. */
  sealed?: boolean;
  /** The id of the viewer, once the API has returned it. */
  viewer?: string;
}

/** AuthorizationResponse arrives in a message or in the query. */
export interface AuthorizationResponse {
  state?: string | null;
  iss?: string | null;
  code?: string | null;
  error?: string | null;
  /** The key of end-to-end encrypted notes (encryption/key_transfer.ts). */
  content_key?: string | null;
}

// The space at the end keeps any other name from beginning with this one.
const name = `session ${config.tenant.key} ${host ?? config.frameOrigin} `;

/** Loads the stored session. If storage is late, the session goes to `late`. */
export const loadSession = (late: (session: Session | undefined) => void): Promise<Session | undefined> => load<Session>(name, late);
export const saveSession = (session: Session): Promise<void> => save(name, session);
export const removeSession = (): Promise<void> => remove(name);

/** Revokes the session at the server (RFC 7009), and the sign-in that granted it. It returns false if that is not certain. */
export async function revoke({ token }: Session): Promise<boolean> {
  const body = new URLSearchParams({ token, client_id: config.tenant.key });
  return post("/oauth/revoke", { body, keepalive: true }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/**
 * Returns the authorization response in the address of this page, if there is any part of one, and first removes it from the address
 * bar and the history: a code is for one use.
 */
export function takeResponse(): AuthorizationResponse | undefined {
  if (!/[?&](state|iss|code|error)=/.test(location.search)) return undefined;
  // No server sees the fragment. It begins with an &, so that what is in it has its own name.
  const response = Object.fromEntries(new URLSearchParams(END_TO_END ? location.search + "&" + location.hash : location.search));
  history.replaceState(null, "", pageURL);
  return response;
}

/** The channel to the other pages and widgets, if the browser has one. */
let channel: BroadcastChannel | undefined;

/** Saves a new session and tells the other pages. */
export async function shareSession(session: Session): Promise<void> {
  await saveSession(session);
  channel?.postMessage("");
}

/** Calls `begun` when the person signs in on another page of the tenant, or in another widget on this page. */
export function watchSessions(onSignIn: () => void): void {
  const listen = () => {
    try {
      channel = new BroadcastChannel(name);
      channel.onmessage = onSignIn;
    } catch {
      // The browser refuses it to this frame.
    }
  };
  listen();
  // The back/forward cache takes no page that listens, so it stops. Back from there, it may have missed a sign-in.
  addEventListener("pagehide", () => channel?.close());
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    listen();
    onSignIn();
  });
}

/** Viewer is the signed-in person, as the API describes them. */
export interface Viewer {
  id: string;
  displayName: string;
  /** The tenant can read these notes, too. */
  vouched: boolean;
  /** Who can read the notes: the server, too, or while that changes, or only this person. */
  sealing: "SERVER" | "CONVERTING" | "END_TO_END";
  /** Who the tenant says this is. */
  identity: { name: string | null; email: string | null; subject: string } | null;
}
