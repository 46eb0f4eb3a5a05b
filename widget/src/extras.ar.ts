// The extras in Arabic.
export * from "./extras";
export { default as messages } from "./locales/ar.extras.json";
