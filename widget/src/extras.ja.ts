// The extras in Japanese.
export * from "./extras";
export { default as messages } from "./locales/ja.extras.json";
