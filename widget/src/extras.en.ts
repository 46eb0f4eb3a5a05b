// The extras in English.
export * from "./extras";
export { default as messages } from "./locales/en.extras.json";
