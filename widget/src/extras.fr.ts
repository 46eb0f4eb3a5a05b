// The extras in French.
import { extras } from "./extras";

if (END_TO_END) extras.openNotebook = (...given) => import("./encryption.fr").then((module) => module.openNotebook(...given));

export * from "./extras";
export { default as messages } from "./locales/fr.extras.json";
