// The extras in Brazilian Portuguese.
import { extras } from "./extras";

if (END_TO_END) extras.openNotebook = (...given) => import("./encryption.pt-BR").then((module) => module.openNotebook(...given));

export * from "./extras";
export { default as messages } from "./locales/pt-BR.extras.json";
