// The extras in one language.
export * from "./extras";
export { default as messages } from "./locales/de.extras.json";
