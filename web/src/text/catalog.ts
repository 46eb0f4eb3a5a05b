// The texts of the page. The server has put those that its script needs into the document, in one language (web/locale.go).

type Text = string | Record<string, string>;

/** The values of a text's {placeholders}. */
export type Values = Record<string, string | number>;

/** A function that returns a text of a catalog with its placeholders filled in. Of a plural, it is the form for {count}. */
export type Translate<Catalog> = (key: keyof Catalog & string, values?: Values) => string;

let texts: Record<string, Text> | undefined;

function find(key: string): Text | undefined {
  texts ??= JSON.parse(document.getElementById("aside-texts")!.textContent) as Record<string, Text>;
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}

/** Adds texts that were loaded later. */
export function addTexts(more: object): void {
  find("");
  Object.assign(texts!, more);
}

/** The language of the page, for dates and numbers. */
export const language = (): string => document.documentElement.lang;

/** Returns a text that still has its placeholders. */
export function form(key: string, values: Values): string {
  const text = find(key) ?? key;
  return typeof text === "string" ? text : (text[new Intl.PluralRules(language()).select(Number(values.count))] ?? text.other!);
}

/** Returns whether the page has a text. */
export const hasText = (key: string): boolean => find(key) !== undefined;

/** Returns a text. Each catalog has its own Translate, which knows the keys. */
export function translate(key: string, values: Values = {}): string {
  return form(key, values).replace(/\{(\w+)\}/g, (_, name: string) => (name === "host" ? location.host : isolate(String(values[name] ?? ""))));
}

/** In right-to-left text, a name of another script would move the signs around it (UAX #9, explicit isolates). */
function isolate(value: string): string {
  return isRightToLeft() ? `\u2068${value}\u2069` : value;
}

const isRightToLeft = () => document.documentElement.dir === "rtl";

/**
 * Returns the parts of a line, which may be in different scripts. The line itself is in the direction of the page, wherever it is
 * inserted: isolated parts alone give it none.
 */
export function line(...parts: string[]): string {
  const joined = parts.map(isolate).join(" · ");
  return isRightToLeft() ? `\u2067${joined}\u2069` : joined;
}

const day = { day: "numeric", month: "short", year: "numeric" } as const;

/** Returns a day. */
export function formatDate(time: string): string {
  return new Date(time).toLocaleDateString(language(), day);
}

/** Returns a day, as formatDate does, and the time of day. */
export function formatTime(time: string): string {
  return new Date(time).toLocaleString(language(), { ...day, hour: "numeric", minute: "2-digit" });
}

/** Returns a wait in words, rounded up. */
export function formatWait(seconds: number): string {
  const [count, unit] = seconds > 90 ? [Math.ceil(seconds / 60), "minute"] : [seconds, "second"];
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "long" }).format(count);
}
