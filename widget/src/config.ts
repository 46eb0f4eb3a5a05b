// What the server wrote into this document (embed.go, frameConfig).
import type messages from "./locales/en.json";
import type extras from "./locales/en.extras.json";

/** The catalog; the part for the extras is there once they are. */
export type Messages = typeof messages & typeof extras;

interface Config {
  tenant: { key: string; name: string; accent: string; suspended: boolean };
  policy: { assertion: "NONE" | "OPTIONAL" | "REQUIRED"; vouchedAccounts: boolean };
  /** The page that may frame this document; null for a page of its own. */
  origin: string | null;
  accountOrigin: string;
  frameOrigin: string;
  /** Where the extras are (extra.tsx), in the language of the messages. */
  extras: string;
  messages: Messages;
}

export const config: Config = JSON.parse(document.getElementById("aside-config")!.textContent!);

/** The origin of the page around this frame, null where this is a page of its own (also when an embed URL is opened as one). */
export const host = parent === window ? null : config.origin;

/** This page without query or fragment: the one address that a code is ever sent to. */
export const pageURL = `${config.frameOrigin}/embed/${config.tenant.key}`;

const { lang } = document.documentElement;

/** A text of the catalog, its {placeholders} filled in; {tenant} is known everywhere. Of several, the one for {count}. */
export function t(key: keyof Messages, values: Record<string, string> = {}): string {
  const entry: string | Record<string, string> = config.messages[key];
  const text = typeof entry === "string" ? entry : (entry[new Intl.PluralRules(lang).select(Number(values.count))] ?? entry.other!);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => (name === "tenant" ? config.tenant.name : (values[name] ?? "")));
}

/** A date as it is written here. */
export function date(time: string): string {
  return new Date(time).toLocaleDateString(lang, { dateStyle: "medium" });
}
