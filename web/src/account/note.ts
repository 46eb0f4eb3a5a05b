// A note as the account page knows it: with the site that it was written at.
import type { Content, Note, Page } from "../../../widget/src/core/note";
import { excerpt } from "../../../widget/src/core/text";
import type { Site } from "./site";

export interface SiteNote extends Note {
  tenant: Site;
}

export type NotePage = Page<SiteNote>;

/** Returns the name of a note where there is one line for it. */
export function nameOf({ title, body }: Content): string {
  return title.trim() || excerpt(body.trim().split("\n", 1)[0]!).slice(0, 80) || "Untitled";
}
