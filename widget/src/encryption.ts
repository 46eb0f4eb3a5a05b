// What the frame loads for a person with end-to-end encrypted notes. Each language has its own module (encryption.en.ts, …), which
// config.loadEncryption imports.
export { openNotebook } from "./sealed/requests";
