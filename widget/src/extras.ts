// What a signed-in person needs only at times, or nobody does where all goes well: with one language (extras.en.ts and its
// siblings) a self-contained module that the frame loads then (extra.tsx).
import "./extras/sheet";
import { Conflict } from "./extras/conflict";
import { equip } from "./extras/kit";
import { showKeys } from "./extras/help";
import { Markdown } from "./extras/markdown";
import { Stranger } from "./extras/stranger";
import { Suspended } from "./extras/suspended";
import { Trash } from "./extras/trash";
import { Visitor } from "./extras/visitor";
import { Vouched } from "./extras/vouched";

/** One export, since the build can shorten the names in it and can't those of exports. */
export const extras = {
  Conflict,
  equip,
  Markdown,
  showKeys,
  Stranger,
  Suspended,
  Trash,
  Visitor,
  Vouched,
};
