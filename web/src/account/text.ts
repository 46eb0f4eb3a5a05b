import type account from "../locales/en.account.json";
import type hosted from "../locales/en.hosted.json";
import type shared from "../locales/en.json";
import { elements } from "../page/text";
import { translate, type Translate } from "../text/catalog";

type Texts = typeof shared & typeof hosted & typeof account;

/** Returns a text of /account or /recover. */
export const t: Translate<Texts> = translate;

/** Returns a text of /account or /recover with elements for its placeholders. */
export const rich = elements<Texts>();
