// End-to-end encryption in Japanese.
import messages from "./locales/ja.encryption.json";
import { config } from "./shared";

Object.assign(config.messages, messages);

export * from "./encryption";
