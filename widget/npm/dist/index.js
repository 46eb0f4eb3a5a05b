// Loads the widget's script where a page is built by a bundler, and says what the element is. Nothing happens at import, so it
// may be imported on a server.
let loading;
/** Loads the widget's script from Aside's frame origin, once; resolves when the element can be used. On a server it does nothing. */
export function load(frameOrigin, { nonce, pinned } = {}) {
    if (typeof document === "undefined" || customElements.get("aside-notes"))
        return Promise.resolve();
    return (loading ??= new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = frameOrigin + "/v1/" + (pinned?.file ?? "aside.js");
        script.async = true;
        if (nonce)
            script.nonce = nonce;
        if (pinned) {
            script.integrity = pinned.integrity;
            script.crossOrigin = "anonymous";
        }
        script.onload = () => resolve();
        script.onerror = () => {
            loading = undefined;
            script.remove();
            reject(new Error(`aside: ${script.src} could not be loaded; allow ${frameOrigin} in script-src. See ${frameOrigin}/help#script_blocked`));
        };
        document.head.append(script);
    }));
}
