// What the frame loads for a person whose notes are end-to-end encrypted. With one language (encryption.en.ts and its siblings) it is a
// module that the extras load then (extras/encryption.ts).
export { openNotebook } from "./sealed/requests";
