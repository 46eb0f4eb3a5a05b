// The extras in Spanish.
import { config } from "./shared";

if (END_TO_END) config.loadEncryption = () => import("./encryption.es");

export * from "./extras";
export { default as messages } from "./locales/es.extras.json";
