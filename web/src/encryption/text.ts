// The texts about end-to-end encryption, which are loaded with it.
import type texts from "../locales/en.encryption.json";
import { addTexts, language, translate, type Translate } from "../text/catalog";

/** Returns a text about end-to-end encryption. */
export const t: Translate<typeof texts> = translate;

/** Loads the texts in the language of the page. */
export async function loadTexts(): Promise<void> {
  addTexts(((await import(`../locales/${language()}.encryption.json`)) as { default: object }).default);
}
