// A note on the account page, with its site.

import type { Content, Page } from "../../../widget/src/core/note";
import type { SealedNote } from "../../../widget/src/encryption/sealed_notes";
import { excerpt } from "../../../widget/src/core/text";
import { t } from "./text";

export interface SiteNote extends SealedNote {
  tenant: Site;
}

export type NotePage = Page<SiteNote>;

/** Returns a one-line name for a note: its title, or the first line that says something. */
export function nameOf({ title, body }: Pick<Content, "title" | "body">): string {
  const line = body.split("\n").find((line) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(line)) ?? ""; // not a rule such as ---
  return title.trim() || abridge(excerpt(line.trim())) || t("untitled");
}

/** Returns the first 80 characters of a text, with an ellipsis if there are more. */
export const abridge = (text: string): string => text.replace(/^([^]{80})[^]+/u, "$1…");

/** Site is a tenant, as a person knows it. */
export interface Site {
  id: string;
  name: string;
}
