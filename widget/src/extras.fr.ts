// The extras in French.
import { config } from "./shared";

if (END_TO_END) config.loadEncryption = () => import("./encryption.fr");

export * from "./extras";
export { default as messages } from "./locales/fr.extras.json";
