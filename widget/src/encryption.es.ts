// End-to-end encryption in Spanish.
export * from "./encryption";
export { default as messages } from "./locales/es.encryption.json";
