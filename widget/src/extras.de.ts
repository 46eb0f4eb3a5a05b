// The extras in German.
import { setEncryption } from "./extras/encryption";

setEncryption(() => import("./encryption.de"));

export * from "./extras";
export { default as messages } from "./locales/de.extras.json";
