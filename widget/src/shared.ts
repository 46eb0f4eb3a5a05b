// What the frame has and the extras use, too. The frame exports it; the build has the extras import it from the frame's module
// (widget/build), so that a browser loads it once.
export { Fragment, h, render } from "preact";
export { digest, secret } from "./bytes";
export { config, host, pageURL, t } from "./config";
export { frameKey, post, provenPost, thumbprint } from "./dpop";
export { askHost, reportedOrigin, tellHost } from "./host";
export { Summary } from "./list";
export { meaning, Problem, problemOf } from "./problem";
export { forgetSession, keepSession, revoke } from "./session";
export { forget, keep, recall } from "./store";
