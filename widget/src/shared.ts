// The names that both the frame and the extras use. The frame exports them, and the build (widget/build) makes the extras
// import them from the frame's module, so that a browser loads them once.
export { Fragment, h, render } from "preact";
export { digest, randomToken } from "./bytes";
export { accountURL, config, date, host, pageURL, t } from "./config";
export { frameKey, post, postWithProof, publicJWK } from "./dpop";
export { requestAssertion, reportedOrigin, postToHost } from "./host";
export { Summary } from "./list";
export { Problem, problemOf } from "./core/problem";
export { explainCode } from "./explanation";
export { removeSession, saveSession, revoke } from "./session";
export { remove, save, load } from "./store";
export * from "./shared_encryption";
