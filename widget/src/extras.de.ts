// The extras in German.
import { extras } from "./extras";

if (END_TO_END) extras.openNotebook = (...given) => import("./encryption.de").then((module) => module.openNotebook(...given));

export * from "./extras";
export { default as messages } from "./locales/de.extras.json";
