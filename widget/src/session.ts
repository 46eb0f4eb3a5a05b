// The session of this tenant on this page, kept from one page of the tenant's site to the next.
import { config, host } from "./config";
import type { Session } from "./oauth";
import { forget, keep, recall } from "./store";

// The space at the end: no other name begins with this one.
const name = `session ${config.tenant.key} ${host ?? config.frameOrigin} `;

export const recallSession = (): Promise<Session | undefined> => recall<Session>(name);
export const keepSession = (session: Session): Promise<void> => keep(name, session);
export const forgetSession = (): Promise<void> => forget(name);
