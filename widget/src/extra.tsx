// The part of the app that comes only when somebody needs it.
import { Fragment, h, render, type VNode } from "preact";
import type * as module from "./extras.en";
import { config, host, t } from "./config";
import { frameKey } from "./dpop";
import { askHost, tellHost } from "./host";
import { Summary } from "./list";
import { grant, revoke } from "./oauth";
import { meaning, Problem, problemOf } from "./problem";
import { forgetSession, keepSession } from "./session";

type Extras = typeof module.extras;

export const kit = { askHost, config, forgetSession, Fragment, frameKey, grant, h, host, keepSession, meaning, Problem, problemOf, render, revoke, Summary, t, tellHost };

let extras: Extras | undefined;
let loading: Promise<Extras> | undefined;
let tries = 0;
let failed = false;

/** Loads the extras. Throws a Problem, `network`, where they can't be had; they can be asked for again. */
export function loadExtras(): Promise<Extras> {
  failed = false;
  // A browser may remember that a module failed to load: another try is for another address.
  return (loading ??= import(config.extras + (tries++ ? "?" + tries : "")).then(
    (loaded: typeof module) => {
      Object.assign(config.messages, loaded.messages);
      extras = loaded.extras;
      extras.equip(kit);
      return extras;
    },
    () => {
      failed = true;
      loading = undefined;
      throw new Problem("network");
    },
  ));
}

/** What a code means, in words that may still have to be loaded. */
export async function explain(code: string): Promise<string> {
  if (!(code in config.messages)) await loadExtras().catch(() => {});
  return meaning(code);
}

/** Shows something of the extras, as soon as they are here. */
export function Extra({ show, paint }: { show: (extras: Extras) => VNode; paint: () => void }) {
  if (extras) return show(extras);
  const load = () => void loadExtras().then(paint, paint);
  if (failed) return <button onClick={load}>{t("retry")}</button>;
  load();
  return <span role="status">{t("opening")}</span>;
}
