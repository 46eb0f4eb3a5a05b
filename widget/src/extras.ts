// What a signed-in person needs only at times, or nobody does where all goes well: with one language (extras.en.ts and its
// siblings) a self-contained module that the frame loads then (extra.tsx).
import "./extras/sheet";
export { Conflict } from "./extras/conflict";
export { equip } from "./extras/kit";
export { help, listen } from "./extras/keys";
export { Live } from "./extras/live";
export { Markdown } from "./extras/markdown";
export { Outbox } from "./extras/outbox";
export { finishRedirect, signInByRedirect } from "./extras/redirect";
export { Stranger } from "./extras/stranger";
export { Suspended } from "./extras/suspended";
export { Trash } from "./extras/trash";
export { Visitor } from "./extras/visitor";
export { Vouched } from "./extras/vouched";
