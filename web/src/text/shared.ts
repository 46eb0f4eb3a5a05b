import type texts from "../locales/en.json";
import { translate, type Translate } from "./catalog";

/** Returns one of the texts that every page has: about passkeys and errors. */
export const t: Translate<typeof texts> = translate;
