// End-to-end encryption: what the frame loads, with its texts, for a person who has turned it on. The build makes one output for each
// language, with the language's catalog in place of the English one.
import messages from "./locales/en.encryption.json";
import { config } from "./shared";

Object.assign(config.messages, messages);

export { open } from "./sealed/requests";
