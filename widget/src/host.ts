// The messages between the frame and the loader around it. Everything goes to and comes from one exact origin, the one that
// the server allowed to frame this document; anything else is ignored. No token, code or note is ever in one.
import { secret } from "./bytes";
import { config, host } from "./config";
import { frameKey, thumbprint } from "./dpop";
import { meaning, Problem } from "./problem";
import { applyTheme } from "./theme";

/** The origin that the browser reported with the page's init message; null until it came, and on a page of its own. */
export let reportedOrigin: string | null = null;

type Event = "hello" | "ready" | "resize" | "signedin" | "signedout" | "error" | "assertion-request";
type Command = "open" | "close" | "signout" | "update";

export function tellHost(event: Event, detail: object = {}): void {
  if (host) parent.postMessage({ type: "aside:" + event, v: 1, ...detail }, host);
}

/** Tells the page that something failed: for its logs, so by what the code means and never with the words of a note. */
export function reportError(code: string, message = meaning(code)): void {
  tellHost("error", { code, message, help: config.frameOrigin + "/help#" + code });
}

interface Assertion {
  jwt?: unknown;
  ticket?: unknown;
  error?: unknown;
}

/** A question that the page has not answered yet. */
interface Question {
  ask: () => void;
  settle: (answer: Assertion) => void;
}

const questions = new Map<unknown, Question>();

/** What names the visitor to the page; it comes with every message. */
let visitor: unknown;

/**
 * Asks the page who is there, with something made for this frame's key. Resolves to an assertion or a ticket, "" where nobody
 * is; throws a Problem: `assertion_rejected` where the page can't say, `network` where it doesn't.
 */
export async function askHost(): Promise<string> {
  const nonce = await thumbprint(await frameKey());
  const { jwt, ticket, error } = await new Promise<Assertion>((resolve, reject) => {
    const id = secret();
    const ask = () => tellHost("assertion-request", { id, nonce });
    questions.set(id, { ask, settle: resolve });
    // Less than the window of a sign-in waits to be sent on.
    setTimeout(() => reject(new Problem("network")), 8000);
    ask();
  });
  if (error) throw new Problem("assertion_rejected", String(error));
  return String(jwt || ticket || "");
}

/**
 * Says hello, starts once the page has answered init, and obeys its commands from then on.
 * On a page of its own it starts at once. A command is told whether the page now names another visitor.
 */
export function meetHost(start: () => void, command: Record<Command, (another: boolean) => void>): void {
  if (!host) {
    applyTheme({});
    start();
    return;
  }
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || origin !== host || data?.v !== 1) return;
    const name = String(data.type).slice("aside:".length);
    const before = visitor;
    if (name === "init" || name === "update") {
      applyTheme(data);
      visitor = data.visitor;
    }
    if (name === "init" && !reportedOrigin) {
      reportedOrigin = origin;
      start();
    } else if (name === "assertion") {
      questions.get(data.id)?.settle(data);
      questions.delete(data.id);
    } else if (name === "open" || name === "close" || name === "signout" || name === "update") {
      // What was asked is asked of whoever is there now.
      if (name === "update") questions.forEach(({ ask }) => ask());
      command[name](!!before && before !== visitor);
    }
  });
  tellHost("hello", { title: document.title });
}

/** Keeps the page informed of the height that the document needs, and whether anybody has turned to it yet. */
export function reportHeight(): void {
  const root = document.documentElement;
  const report = () =>
    tellHost("resize", { height: Math.ceil(root.getBoundingClientRect().height), active: navigator.userActivation?.hasBeenActive ?? true });
  new ResizeObserver(report).observe(root);
  root.onpointerup = root.onkeyup = report;
}
