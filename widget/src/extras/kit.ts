// What the extras share with the frame is handed to them: a module that brought its own copy would be twice as heavy.
import type { kit } from "../extra";

export type Kit = typeof kit;

export let { answers, ask, askHost, authorizeURL, config, forget, forgetSession, Fragment, frameKey, grant, h, host, keep, keepSession, meaning, pageURL, Problem, problemOf, push, recall, recallAll, redeem, render, revoke, Summary, t, tellHost, utf8 } = {} as Kit;

/** Must be called before anything else of the extras. */
export function equip(kit: Kit): void {
  ({ answers, ask, askHost, authorizeURL, config, forget, forgetSession, Fragment, frameKey, grant, h, host, keep, keepSession, meaning, pageURL, Problem, problemOf, push, recall, recallAll, redeem, render, revoke, Summary, t, tellHost, utf8 } = kit);
}
