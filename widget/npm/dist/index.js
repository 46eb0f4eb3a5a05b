// Loads the widget's script where a page is built by a bundler, and says what the element is. Nothing happens at import, so it
// may be imported on a server.
let policy;
let loading;
/** Loads the widget's script from Aside's frame origin, once; resolves when the element can be used. A load that failed is tried again at the next call. On a server it does nothing. */
export function load(frameOrigin, options = {}) {
    if (typeof document === "undefined" || customElements.get("aside-notes"))
        return Promise.resolve();
    return (loading ??= insert(frameOrigin, options).catch((error) => {
        loading = undefined;
        throw error;
    }));
}
async function insert(frameOrigin, { nonce, pinned }) {
    const url = frameOrigin + "/v1/" + (pinned?.file ?? "aside.js");
    const blocked = (allow) => new Error(`aside: ${url} could not be loaded; allow ${allow}. See ${frameOrigin}/help#script_blocked`);
    const script = document.createElement("script");
    try {
        script.src = trusted(url);
    }
    catch {
        throw blocked("aside in trusted-types");
    }
    script.async = true;
    if (nonce)
        script.nonce = nonce;
    if (pinned) {
        script.integrity = pinned.integrity;
        script.crossOrigin = "anonymous";
    }
    await new Promise((resolve) => {
        script.onload = script.onerror = resolve;
        document.head.append(script);
    });
    if (!customElements.get("aside-notes")) {
        script.remove();
        throw blocked(frameOrigin + " in script-src");
    }
}
/** The address in the form that a page with Trusted Types demands: by the policy `aside` where the page allows that one, else by the page's default policy. */
function trusted(url) {
    const { trustedTypes } = globalThis;
    try {
        policy ??= trustedTypes?.createPolicy("aside", { createScriptURL: (url) => url });
    }
    catch { } // the page does not list it
    return policy ? policy.createScriptURL(url) : url;
}
