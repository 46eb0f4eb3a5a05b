// Whether a person has chosen the name of their account. Of the catalogs, the bundle has the name of a new account alone.
import * as ar from "../locales/ar.json";
import * as de from "../locales/de.json";
import * as en from "../locales/en.json";
import * as es from "../locales/es.json";
import * as fr from "../locales/fr.json";
import * as ja from "../locales/ja.json";
import * as pt from "../locales/pt-BR.json";

/** What is before and after the date in the name of a new account, in each language. */
const forms = [ar.newName, de.newName, en.newName, es.newName, fr.newName, ja.newName, pt.newName].map((form) => form.split("{date}") as [string, string]);

/** Returns whether a name is the one that a new account has, in any language: the person may read this page in another one. */
export const isProposed = (name: string): boolean =>
  forms.some(([before, after]) => name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after));

const kept = "aside:name-kept";

/** Returns whether to ask for a name: not again after the person has kept the one that was given. */
export function asksForName(name: string): boolean {
  try {
    return isProposed(name) && localStorage.getItem(kept) === null;
  } catch {
    return false; // without storage, it would be asked each time
  }
}

/** Stores that the person keeps the name that was given. */
export function keepName(): void {
  try {
    localStorage.setItem(kept, "1");
  } catch {}
}
