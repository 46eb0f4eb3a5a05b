import type popup from "../locales/en.popup.json";
import type shared from "../locales/en.json";
import { translate, type Translate } from "../text/catalog";

/** Returns a text of the popup. */
export const t: Translate<typeof shared & typeof popup> = translate;
