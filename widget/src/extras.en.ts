// The extras in English.
import { setEncryption } from "./extras/encryption";

setEncryption(() => import("./encryption.en"));

export * from "./extras";
export { default as messages } from "./locales/en.extras.json";
