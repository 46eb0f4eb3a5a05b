// The configuration that the server wrote into this document (frame.go, frameConfig).
import type messages from "./locales/en.json";
import type encryption from "./locales/en.encryption.json";
import type extras from "./locales/en.extras.json";

/** Messages is the catalog. Its second part comes with the extras, its third with end-to-end encryption. */
export type Messages = typeof messages & typeof extras & typeof encryption;

interface Config {
  tenant: { key: string; name: string; accent: string; suspended: boolean };
  policy: { assertion: "NONE" | "OPTIONAL" | "REQUIRED"; vouchedAccounts: boolean };
  /** The page that may frame this document; null for a page of its own. */
  origin: string | null;
  accountOrigin: string;
  frameOrigin: string;
  /** The URL of the extras (lazy.tsx), in the language of the messages. */
  extras: string;
  messages: Messages;
}

export const config: Config = JSON.parse(document.getElementById("aside-config")!.textContent!);

/** The origin of the page around this frame; null on a page of its own, and if an embed URL is opened as one. */
export const host = parent === window ? null : config.origin;

/** This page without query or fragment: the only address to which a code is ever sent. */
export const pageURL = `${config.frameOrigin}/embed/${config.tenant.key}`;

const { lang } = document.documentElement;

/** Returns the address of a page of the person's account, in the language of this one. */
export const accountURL = (page = ""): string => `${config.accountOrigin}/account${page}?ui_locales=${lang}`;

/** Returns a text of the catalog with its {placeholders} filled in; {tenant} is always known. Of a plural, it is the form for {count}. */
export function t(key: keyof Messages, values: Record<string, string> = {}): string {
  const entry: string | Record<string, string> = config.messages[key];
  const text = typeof entry === "string" ? entry : (entry[new Intl.PluralRules(lang).select(Number(values.count))] ?? entry.other!);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => (name === "tenant" ? config.tenant.name : (values[name] ?? "")));
}

/** Returns the time of today, or an earlier date, in the language of the page. With "short", an earlier date has its time. */
export function date(time: string, timeStyle?: "short"): string {
  const at = new Date(time);
  return at.toLocaleString(lang, Date().startsWith(at.toDateString()) ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle });
}
