// Loads the extras, the part of the app that is needed later or seldom.
import { h, type VNode } from "preact";
import { config, t } from "./config";
import { Problem } from "./core/problem";
import { explainCode } from "./explanation";
import { reload } from "./release";

// Each module declares what it needs from the extras (AppExtras, EditorExtras, …); extras/parts.ts implements all of it.
let extras: unknown;
let repaint = () => {};
let loading: Promise<unknown> | undefined;
let tries = 0;
let failed = false;

/** Has the app painted again with `paint` whenever the extras are loaded, or could not be. */
export function repaintWith(paint: () => void): void {
  repaint = paint;
}

/**
 * Loads the extras. It throws a Problem, `network`, if that fails; it can be called again. Where the server has those of another release
 * only, the page is reloaded.
 */
export function loadExtras<T>(): Promise<T> {
  failed = false;
  // A browser may remember that a module failed to load, so each retry has an address of its own.
  return (loading ??= import(config.extras + (tries++ ? "?" + tries : ""))
    .then(
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
    )
    .finally(repaint)) as Promise<T>;
}

/** Returns the sentence for a code, which may have to be loaded first. */
export async function loadExplanation(code: string): Promise<string> {
  if (!(code in config.messages)) await loadExtras().catch(() => {});
  return explainCode(code);
}

/** LazyPart is the name of a component of T with its properties. With `waits`, nothing is shown and nothing loaded before the extras are there. */
type LazyPart<T> = { [Name in keyof T]: T[Name] extends (props: infer Props) => VNode ? { part: Name & string; waits?: boolean } & Props : never }[keyof T];

/** Shows a component of the extras, by its name, as soon as they are loaded. */
export function showLazy<T>(properties: LazyPart<T>): VNode | null {
  const { part, waits, ...others } = properties as unknown as { part: string; waits?: boolean };
  if (extras) return (extras as Record<string, (props: object) => VNode>)[part]!(others);
  if (waits) return null;
  const load = () => void loadExtras().catch(() => {});
  if (failed) return <button onClick={load}>{t("retry")}</button>;
  load();
  return <span role="status">{t("opening")}</span>;
}
