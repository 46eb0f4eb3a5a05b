// End-to-end encryption in one language.
export * from "./encryption";
export { default as messages } from "./locales/es.encryption.json";
