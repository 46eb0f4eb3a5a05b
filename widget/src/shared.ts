// The names that both the frame and the extras use. The frame exports them, and the build (widget/build) makes the extras
// import them from the frame's module, so that a browser loads them once.
export { Fragment, h, render } from "preact";
export { base64url, digest, randomToken, utf8 } from "./bytes";
export { accountURL, config, date, host, pageURL, t } from "./config";
export { frameKey, post, postWithProof, publicKey, thumbprint, transferKey } from "./dpop";
export { requestAssertion, reportedOrigin, postToHost } from "./host";
export { request } from "./graphql";
export { Summary } from "./list";
export { byPinnedThenNewest, pageSize } from "./core/note";
export { Problem, problemOf } from "./core/problem";
export { explainCode } from "./explanation";
export { removeSession, saveSession, revoke } from "./session";
export { remove, save, load } from "./store";
