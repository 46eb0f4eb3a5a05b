// The extras in German.
import { config } from "./shared";

if (END_TO_END) config.loadEncryption = () => import("./encryption.de");

export * from "./extras";
export { default as messages } from "./locales/de.extras.json";
