// The extras in Brazilian Portuguese.
import { config } from "./shared";

if (END_TO_END) config.loadEncryption = () => import("./encryption.pt-BR");

export * from "./extras";
export { default as messages } from "./locales/pt-BR.extras.json";
