// The extras in French.
export * from "./extras";
export { default as messages } from "./locales/fr.extras.json";
