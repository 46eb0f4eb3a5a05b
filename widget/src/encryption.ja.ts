// End-to-end encryption in Japanese.
export * from "./encryption";
export { default as messages } from "./locales/ja.encryption.json";
