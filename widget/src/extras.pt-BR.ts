// The extras in Brazilian Portuguese.
import { setEncryption } from "./extras/encryption";

setEncryption(() => import("./encryption.pt-BR"));

export * from "./extras";
export { default as messages } from "./locales/pt-BR.extras.json";
