// End-to-end encryption in French.
import messages from "./locales/fr.encryption.json";
import { config } from "./shared";

Object.assign(config.messages, messages);

export * from "./encryption";
