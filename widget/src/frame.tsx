// The entry of the frame, and of the page of its own: connects the app to the document and to the page around it.
import { h, render } from "preact";
import { App } from "./app";
import { host } from "./config";
import { connectHost, reportHeight } from "./host";
import { AppView } from "./view";

export * from "./shared";

const root = document.getElementById("aside")!;
const app = new App(paint);

/** Whether the focused element was removed from the page. */
let lost = false;

/** Renders the app. If the focused element is removed, the focus moves to the main one. */
function paint(): void {
  const focused = document.activeElement;
  render(<AppView app={app} />, root);
  lost = document.activeElement === document.body && (lost || focused !== document.body);
  if (lost) focusFirst();
}

/** Focuses the main element of the view: the text, the button for a new note, or the one to sign in. */
function focusFirst(): void {
  (root.querySelector("textarea") ?? root.querySelector<HTMLElement>("#new,#sign-in"))?.focus({ preventScroll: true });
}

function start(): void {
  if (!host) document.body.className = "alone";
  reportHeight();
  // A click in the iframe has just opened this window, which now waits to be sent on. Without an opener, or if it is not sent on, it
  // becomes a page of its own, and says so.
  if (!host && location.hash === "#popup") {
    app.show({ name: "opening" });
    let looks = 40;
    const watch = setInterval(() => {
      if (window.opener && !window.opener.closed && looks--) return;
      clearInterval(watch);
      void app.start().then(() => app.explainLoneWindow());
    }, 250);
  } else {
    void app.start();
  }
}

connectHost(start, {
  open: focusFirst,
  close: () => void app.flush(),
  signout: () => void app.signOut(),
  update: (another) => app.update(another),
});

// A double click counts as one click. The second one would press what has replaced the first button: on a small screen, the one that
// closes the note or moves it to the trash.
let clicked: EventTarget | null;
root.addEventListener(
  "click",
  (event) => {
    if (event.detail < 2) clicked = event.target;
    else if (event.target !== clicked) event.stopPropagation();
  },
  true,
);

// Leaving a field saves what was typed.
root.addEventListener("focusout", () => app.onBlur());
addEventListener("online", () => app.onResume());
addEventListener("pagehide", () => void app.flush());
// Back from the back/forward cache: the visitor may have logged out on a later page.
addEventListener("pageshow", ({ persisted }) => persisted && void app.identifyVisitor());
document.addEventListener("visibilitychange", () => (document.hidden ? void app.flush() : app.onResume()));
