// Loads the extras, the part of the app that is needed later or seldom.
import { h, type VNode } from "preact";
import { config, t } from "./config";
import { Problem } from "./core/problem";
import { explainCode } from "./explanation";
import { reload } from "./release";

// Each module declares what it needs from the extras (AppExtras, EditorExtras, …); extras/parts.ts implements all of it.
let extras: unknown;
let loading: Promise<unknown> | undefined;
let tries = 0;
let failed = false;

/**
 * Loads the extras. It throws a Problem, `network`, if that fails; it can be called again. Where the server has those of another release
 * only, the page is reloaded.
 */
export function loadExtras<T>(): Promise<T> {
  failed = false;
  // A browser may remember that a module failed to load, so each retry has an address of its own.
  return (loading ??= import(config.extras + (tries++ ? "?" + tries : "")).then(
    (loaded: { extras: unknown; messages: object }) => {
      Object.assign(config.messages, loaded.messages);
      return (extras = loaded.extras);
    },
    async () => {
      failed = true;
      loading = undefined;
      if ((await fetch(config.extras).catch(() => null))?.status === 404) reload();
      throw new Problem("network");
    },
  )) as Promise<T>;
}

/** Returns the sentence for a code, which may have to be loaded first. */
export async function loadExplanation(code: string): Promise<string> {
  if (!(code in config.messages)) await loadExtras().catch(() => {});
  return explainCode(code);
}

/** Shows a component of the extras, or nothing as long as they are not loaded. */
export function ifLoaded<T>(show: (extras: T) => VNode) {
  return extras ? show(extras as T) : null;
}

/** Lazy shows a component of the extras as soon as they are loaded. */
export function Lazy<T>({ show, paint }: { show: (extras: T) => VNode; paint: () => void }) {
  if (extras) return show(extras as T);
  const load = () => void loadExtras().then(paint, paint);
  if (failed) return <button onClick={load}>{t("retry")}</button>;
  load();
  return <span role="status">{t("opening")}</span>;
}
