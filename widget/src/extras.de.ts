// The extras in German.
export * from "./extras";
export { default as messages } from "./locales/de.extras.json";
