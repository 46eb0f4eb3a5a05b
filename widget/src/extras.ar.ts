// The extras in Arabic.
import { config } from "./shared";

if (END_TO_END) config.loadEncryption = () => import("./encryption.ar");

export * from "./extras";
export { default as messages } from "./locales/ar.extras.json";
