// A note on the account page, with its site.

import type { Content, Page } from "../../../widget/src/core/note";
import type { SealedNote } from "../../../widget/src/encryption/sealed_notes";
import { excerpt } from "../../../widget/src/core/text";
import { t } from "./text";

export interface SiteNote extends SealedNote {
  tenant: Site;
}

export type NotePage = Page<SiteNote>;

/** Returns a one-line name for a note. */
export function nameOf({ title, body }: Content): string {
  return title.trim() || excerpt(body.trim().split("\n", 1)[0]!).slice(0, 80) || t("untitled");
}

/** Site is a tenant, as a person knows it. */
export interface Site {
  id: string;
  name: string;
}
