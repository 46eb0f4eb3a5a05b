// The extras in English.
import { extras } from "./extras";

if (END_TO_END) extras.openNotebook = (...given) => import("./encryption.en").then((module) => module.openNotebook(...given));

export * from "./extras";
export { default as messages } from "./locales/en.extras.json";
