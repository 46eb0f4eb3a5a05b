// The extras in Japanese.
import { extras } from "./extras";

if (END_TO_END) extras.openNotebook = (...given) => import("./encryption.ja").then((module) => module.openNotebook(...given));

export * from "./extras";
export { default as messages } from "./locales/ja.extras.json";
