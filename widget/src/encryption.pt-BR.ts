// End-to-end encryption in Brazilian Portuguese.
export * from "./encryption";
export { default as messages } from "./locales/pt-BR.encryption.json";
