// The extras in one language.
export * from "./extras";
export { default as messages } from "./locales/fr.extras.json";
