// The extras in Japanese.
import { setEncryption } from "./extras/encryption";

setEncryption(() => import("./encryption.ja"));

export * from "./extras";
export { default as messages } from "./locales/ja.extras.json";
