// End-to-end encryption in Spanish.
import messages from "./locales/es.encryption.json";
import { config } from "./shared";

Object.assign(config.messages, messages);

export * from "./encryption";
