// The extras in Arabic.
import { extras } from "./extras";

if (END_TO_END) extras.openNotebook = (...given) => import("./encryption.ar").then((module) => module.openNotebook(...given));

export * from "./extras";
export { default as messages } from "./locales/ar.extras.json";
