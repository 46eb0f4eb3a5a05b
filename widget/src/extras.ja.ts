// The extras in Japanese.
import { config } from "./shared";

if (END_TO_END) config.loadEncryption = () => import("./encryption.ja");

export * from "./extras";
export { default as messages } from "./locales/ja.extras.json";
