// End-to-end encryption in French.
export * from "./encryption";
export { default as messages } from "./locales/fr.encryption.json";
