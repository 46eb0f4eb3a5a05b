// The extras in Brazilian Portuguese.
export * from "./extras";
export { default as messages } from "./locales/pt-BR.extras.json";
