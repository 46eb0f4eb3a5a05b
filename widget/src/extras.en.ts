// The extras in English.
import { config } from "./shared";

if (END_TO_END) config.loadEncryption = () => import("./encryption.en");

export * from "./extras";
export { default as messages } from "./locales/en.extras.json";
