// The session of this tenant on this page, kept from one page of the tenant's site to the next, and told to those that are open.
import { config, host, pageURL } from "./config";
import { post } from "./dpop";
import { forget, keep, recall } from "./store";

/** What a sign-in yields. */
export interface Session {
  token: string;
  key: CryptoKeyPair;
  /** Stands for the subject that it is bound to, if there is one; two are equal where their subjects are. */
  subject: string | undefined;
  /** Opened on the tenant's word alone. */
  vouched?: true;
  /** Whose it is: the id of the viewer, once the API has said it. */
  viewer?: string;
}

/** The authorization response, by message or in the query. */
export interface AuthorizationResponse {
  state?: string | null;
  iss?: string | null;
  code?: string | null;
  error?: string | null;
}

// The space at the end: no other name begins with this one.
const name = `session ${config.tenant.key} ${host ?? config.frameOrigin} `;

/** Storage may be late: what it has then goes to `late`. */
export const recallSession = (late: (session: Session | undefined) => void): Promise<Session | undefined> => recall<Session>(name, late);
export const keepSession = (session: Session): Promise<void> => keep(name, session);
export const forgetSession = (): Promise<void> => forget(name);

/** Ends the session at the server (RFC 7009), and the sign-in that granted it; false where nobody knows whether that arrived. */
export async function revoke({ token }: Session): Promise<boolean> {
  const body = new URLSearchParams({ token, client_id: config.tenant.key });
  return post("/oauth/revoke", { body, keepalive: true }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/**
 * The authorization response that stands in this page's address, if any part of one does. It is taken out of the address
 * bar and the history before anything else happens, whatever comes of it: a code is for one use.
 */
export function takeResponse(): AuthorizationResponse | undefined {
  if (!/[?&](state|iss|code|error)=/.test(location.search)) return undefined;
  const response = Object.fromEntries(new URLSearchParams(location.search));
  history.replaceState(null, "", pageURL);
  return response;
}

/** The other pages and widgets; nothing where the browser has no way to them. */
let others: BroadcastChannel | undefined;

/** Keeps a session that somebody has just begun, and has the other pages take it up. */
export async function shareSession(session: Session): Promise<void> {
  await keepSession(session);
  others?.postMessage("");
}

/** Calls `begun` when somebody signs in on another page of the tenant's, or in another widget on this one. */
export function followSessions(begun: () => void): void {
  const follow = () => {
    try {
      others = new BroadcastChannel(name);
      others.onmessage = begun;
    } catch {
      // Refused to this frame.
    }
  };
  follow();
  // A browser keeps no page in its memory that listens; back from there, it may have missed something.
  addEventListener("pagehide", () => others?.close());
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    follow();
    begun();
  });
}
