import type { ComponentChildren } from "preact";
import type hosted from "../locales/en.hosted.json";
import type shared from "../locales/en.json";
import { form, translate, type Translate } from "../text/catalog";

/** Returns a text that the hosted pages share. */
export const t: Translate<typeof shared & typeof hosted> = translate;

/** Returns a text with elements for its placeholders. The host needs none. */
export function fill(text: string, values: Record<string, ComponentChildren>): ComponentChildren {
  return text.split(/\{(\w+)\}/).map((part, i) => (i % 2 ? (values[part] ?? (part === "host" && location.host)) : part));
}

/** Returns a function that returns a text of a catalog with elements for its placeholders. */
export const elements =
  <Catalog,>() =>
  (key: keyof Catalog & string, values: Record<string, ComponentChildren>): ComponentChildren =>
    fill(form(key, { count: Number(values.count) }), values);

export const rich = elements<typeof shared & typeof hosted>();
