// End-to-end encryption in Brazilian Portuguese.
import messages from "./locales/pt-BR.encryption.json";
import { config } from "./shared";

Object.assign(config.messages, messages);

export * from "./encryption";
