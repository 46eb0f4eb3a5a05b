// The part of the app that comes only when somebody needs it.
import { h, type VNode } from "preact";
import type * as module from "./extras.en";
import { config, t } from "./config";
import { meaning, Problem } from "./problem";

type Extras = typeof module;

let extras: Extras | undefined;
let loading: Promise<Extras> | undefined;
let tries = 0;
let failed = false;

/** Loads the extras. Throws a Problem, `network`, where they can't be had; they can be asked for again. */
export function loadExtras(): Promise<Extras> {
  failed = false;
  // A browser may remember that a module failed to load: another try is for another address.
  return (loading ??= import(config.extras + (tries++ ? "?" + tries : "")).then(
    (loaded: Extras) => {
      Object.assign(config.messages, loaded.messages);
      return (extras = loaded);
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
