// End-to-end encryption in German.
import messages from "./locales/de.encryption.json";
import { config } from "./shared";

Object.assign(config.messages, messages);

export * from "./encryption";
