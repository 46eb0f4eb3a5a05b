// What a signed-in person needs only at times, or nobody does where all goes well: with one language (extras.en.ts and its
// siblings) a module that the frame loads then (extra.tsx).
import "./extras/sheet";
export { Conflict } from "./extras/conflict";
export { showKeys } from "./extras/help";
export { listenForKeys } from "./extras/keys";
export { pageLocks } from "./extras/locks";
export { Markdown } from "./extras/markdown";
export { registerServiceWorker } from "./extras/offline";
export { signInByPopup } from "./extras/popup";
export { finishRedirect, signInByRedirect } from "./extras/redirect";
export { Stranger } from "./extras/stranger";
export { Suspended } from "./extras/suspended";
export { Trash } from "./extras/trash";
export { Visitor } from "./extras/visitor";
export { Vouched } from "./extras/vouched";
