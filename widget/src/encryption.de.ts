// End-to-end encryption in German.
export * from "./encryption";
export { default as messages } from "./locales/de.encryption.json";
