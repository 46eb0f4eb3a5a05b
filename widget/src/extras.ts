// The extras: what is needed later or seldom, with its texts. The frame loads them then (lazy.tsx). The build makes one output for each
// language, with the language's catalog in place of the English one.
export { extras } from "./extras/parts";
export { default as messages } from "./locales/en.extras.json";
