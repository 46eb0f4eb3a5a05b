// The extras in French.
import { setEncryption } from "./extras/encryption";

setEncryption(() => import("./encryption.fr"));

export * from "./extras";
export { default as messages } from "./locales/fr.extras.json";
