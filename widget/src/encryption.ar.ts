// End-to-end encryption in Arabic.
import messages from "./locales/ar.encryption.json";
import { config } from "./shared";

Object.assign(config.messages, messages);

export * from "./encryption";
