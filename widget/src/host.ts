// The messages between the frame and the loader around it. They go to and come from one exact origin, the one that the server allowed
// to frame this document; all others are ignored. No message contains a token, a code or a note.
import { randomToken } from "./bytes";
import { config, host } from "./config";
import { frameKey, thumbprint } from "./dpop";
import { Problem } from "./core/problem";
import { explainCode } from "./explanation";
import { page, readPage } from "./page";
import { applyTheme } from "./theme";

/** The origin of the page's init message, as the browser reported it; null before that, and on a page of its own. */
export let reportedOrigin: string | null = null;

type Event = "hello" | "ready" | "resize" | "signedin" | "signedout" | "error" | "assertion-request";
type Command = "open" | "close" | "signout" | "update";

export function postToHost(event: Event, detail: object = {}): void {
  if (host) parent.postMessage({ type: "aside:" + event, v: 1, ...detail }, host);
}

/** Reports a failure to the page, for its logs: with the meaning of the code, and nothing from a note. */
export function reportError(code: string, message = explainCode(code)): void {
  postToHost("error", { code, message, help: config.frameOrigin + "/help#" + code });
}

interface Assertion {
  jwt?: unknown;
  ticket?: unknown;
  error?: unknown;
}

/** Question is a request that the page has not answered yet. */
interface AssertionRequest {
  send: () => void;
  resolve: (answer: Assertion) => void;
}

const pendingRequests = new Map<unknown, AssertionRequest>();

/** The name of the visitor in the messages of the page. */
let visitor: unknown;

/**
 * Asks the page for an assertion that is bound to this frame's key. It resolves to an assertion or a ticket, "" for nobody. It throws a
 * Problem: `assertion_rejected` if the page has none, `network` if it does not answer.
 */
export async function requestAssertion(): Promise<string> {
  const nonce = await thumbprint(await frameKey());
  const { jwt, ticket, error } = await new Promise<Assertion>((resolve, reject) => {
    const id = randomToken();
    const send = () => postToHost("assertion-request", { id, nonce });
    pendingRequests.set(id, { send, resolve });
    // This is less than the window of a sign-in waits.
    setTimeout(() => {
      pendingRequests.delete(id);
      reject(new Problem("network"));
    }, 8000);
    send();
  });
  if (error) throw new Problem("assertion_rejected", String(error));
  return String(jwt || ticket || "");
}

/**
 * Says hello, starts when the page has answered init, and then runs the commands of the page. On a page of its own it starts at once. A
 * command is told whether the page names another visitor now, and whether it is another page.
 */
export function connectHost(start: () => void, command: Record<Command, (another: boolean, moved: boolean) => void>): void {
  if (!host) {
    applyTheme({});
    start();
    return;
  }
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || origin !== host || data?.v !== 1) return;
    const name = String(data.type).slice("aside:".length);
    const before = visitor;
    let moved = false;
    if (name === "init" || name === "update") {
      if (name === "update" || !reportedOrigin) applyTheme(data);
      visitor = data.visitor;
      moved = readPage(data);
    }
    if (name === "init" && !reportedOrigin) {
      reportedOrigin = origin;
      start();
    } else if (name === "assertion") {
      pendingRequests.get(data.id)?.resolve(data);
      pendingRequests.delete(data.id);
    } else if (name === "open" || name === "close" || name === "signout" || name === "update") {
      // A pending question is for the visitor that the page names now.
      if (name === "update") pendingRequests.forEach(({ send }) => send());
      command[name](!!before && before !== visitor, moved);
    }
  });
  sayHello();
}

/** Says hello. The page answers with its settings, its title and its URL (init). */
function sayHello(): void {
  postToHost("hello", { title: document.title });
}

/**
 * Reports the height that the document needs to the page, and whether the visitor has used the frame. At each use, a page that names itself
 * is asked for its title, which it may have set after its name. It learns nothing from the question, since each use is reported anyway.
 */
export function reportHeight(): void {
  const root = document.documentElement;
  const report = () =>
    postToHost("resize", { height: Math.ceil(root.getBoundingClientRect().height), active: navigator.userActivation?.hasBeenActive ?? true });
  new ResizeObserver(report).observe(root);
  root.onpointerup = root.onkeyup = () => {
    report();
    if (page) sayHello();
  };
}
