// The extras in Spanish.
import { setEncryption } from "./extras/encryption";

setEncryption(() => import("./encryption.es"));

export * from "./extras";
export { default as messages } from "./locales/es.extras.json";
