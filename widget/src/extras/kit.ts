// What the extras share with the frame is handed to them: a module that brought its own copy would be twice as heavy.
import type { kit } from "../extra";

export type Kit = typeof kit;

export let { askHost, config, forgetSession, Fragment, frameKey, grant, h, host, keepSession, meaning, Problem, problemOf, render, revoke, Summary, t, tellHost } = {} as Kit;

/** Must be called before anything else of the extras. */
export function equip(kit: Kit): void {
  ({ askHost, config, forgetSession, Fragment, frameKey, grant, h, host, keepSession, meaning, Problem, problemOf, render, revoke, Summary, t, tellHost } = kit);
}
