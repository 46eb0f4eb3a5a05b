// End-to-end encryption in English.
import messages from "./locales/en.encryption.json";
import { config } from "./shared";

Object.assign(config.messages, messages);

export * from "./encryption";
