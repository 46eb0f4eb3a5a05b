// The extras in Arabic.
import { setEncryption } from "./extras/encryption";

setEncryption(() => import("./encryption.ar"));

export * from "./extras";
export { default as messages } from "./locales/ar.extras.json";
