// The session of this tenant on this page, kept from one page of the tenant's site to the next.
import { config, host } from "./config";
import type { Session } from "./oauth";
import { forget, keep, recall } from "./store";

// The space at the end: no other name begins with this one.
const name = `session ${config.tenant.key} ${host ?? config.frameOrigin} `;

/** Storage may be late: what it has then goes to `late`. */
export const recallSession = (late: (session: Session | undefined) => void): Promise<Session | undefined> => recall<Session>(name, late);
export const keepSession = (session: Session): Promise<void> => keep(name, session);
export const forgetSession = (): Promise<void> => forget(name);
