// End-to-end encryption in Arabic.
export * from "./encryption";
export { default as messages } from "./locales/ar.encryption.json";
