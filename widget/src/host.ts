// The messages between the frame and the loader around it. Everything goes to and comes from one exact origin, the one that
// the server allowed to frame this document; anything else is ignored. No token, code or note is ever in one.
import { host } from "./config";
import { meaning } from "./problem";
import { applyTheme } from "./theme";

/** The origin that the browser reported with the page's init message; null until it came, and on a page of its own. */
export let reportedOrigin: string | null = null;

type Event = "hello" | "ready" | "resize" | "signedin" | "signedout" | "error";
type Command = "open" | "close" | "signout";

export function tellHost(event: Event, detail: object = {}): void {
  if (host) parent.postMessage({ type: "aside:" + event, v: 1, ...detail }, host);
}

/** Tells the page that something failed: for its logs, so by what the code means and never with the words of a note. */
export function reportError(code: string): void {
  tellHost("error", { code, message: meaning(code), help: "https://github.com/company-a/aside/blob/main/docs/troubleshooting.md#" + code });
}

/**
 * Says hello, starts once the page has answered init, and obeys its commands from then on.
 * On a page of its own it starts at once.
 */
export function meetHost(start: () => void, command: Record<Command, () => void>): void {
  if (!host) {
    applyTheme({});
    start();
    return;
  }
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || origin !== host || data?.v !== 1) return;
    const name = String(data.type).slice("aside:".length);
    if (name === "init" || name === "update") applyTheme(data);
    if (name === "init" && !reportedOrigin) {
      reportedOrigin = origin;
      start();
    } else if (name === "open" || name === "close" || name === "signout") {
      command[name]();
    }
  });
  tellHost("hello");
}

/** Keeps the page informed of the height that the document needs. */
export function reportHeight(): void {
  const root = document.documentElement;
  new ResizeObserver(() => tellHost("resize", { height: Math.ceil(root.getBoundingClientRect().height) })).observe(root);
}
