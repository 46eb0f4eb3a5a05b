// The extras in Spanish.
export * from "./extras";
export { default as messages } from "./locales/es.extras.json";
