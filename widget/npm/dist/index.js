// Loads the widget's script for pages that a bundler builds, and has the types of the element. Importing it has no side
// effects, so a server can import it.
let policy;
let loading;
/** Loads the widget's script once from Aside's frame origin, and resolves when the element is ready to use. If a load fails, the next call tries again. It does nothing on a server. */
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
