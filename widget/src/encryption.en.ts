// End-to-end encryption in English.
export * from "./encryption";
export { default as messages } from "./locales/en.encryption.json";
