// The extras in Spanish.
import { extras } from "./extras";

if (END_TO_END) extras.openNotebook = (...given) => import("./encryption.es").then((module) => module.openNotebook(...given));

export * from "./extras";
export { default as messages } from "./locales/es.extras.json";
