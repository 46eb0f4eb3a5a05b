// The session of this tenant on this page, kept from one page of the tenant's site to the next, and told to those that are open.
import { config, host } from "./config";
import type { Session } from "./oauth";
import { forget, keep, recall } from "./store";

// The space at the end: no other name begins with this one.
const name = `session ${config.tenant.key} ${host ?? config.frameOrigin} `;

/** Storage may be late: what it has then goes to `late`. */
export const recallSession = (late: (session: Session | undefined) => void): Promise<Session | undefined> => recall<Session>(name, late);
export const keepSession = (session: Session): Promise<void> => keep(name, session);
export const forgetSession = (): Promise<void> => forget(name);

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
