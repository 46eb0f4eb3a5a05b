// What the frame exports for end-to-end encryption alone. A build without it has none of this.
export { base64url, utf8 } from "./bytes";
export { byPinnedThenNewest } from "./core/note";
export { newKeyPair } from "./dpop";
