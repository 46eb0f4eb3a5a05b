// The extras in one language.
export * from "./extras";
export { default as messages } from "./locales/ar.extras.json";
