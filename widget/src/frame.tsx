// The entry point of the frame page, in an iframe or at the top level. It connects the app to the document and the tenant's page.
import { h, render } from "preact";
import { App } from "./app";
import { host } from "./config";
import { connectHost, reportHeight } from "./host";
import { repaintWith } from "./lazy";
import { AppView } from "./view";

export * from "./shared";

const root = document.getElementById("aside")!;
const app = new App(paint);
repaintWith(paint);

/** Whether a render removed the focused element, and nothing has had the focus since. */
let focusLost = false;

/** Renders the app. If that removes the focused element, it focuses the view's main element. */
function paint(): void {
  const focused = document.activeElement;
  render(<AppView app={app} />, root);
  focusLost = document.activeElement === document.body && (focusLost || focused !== document.body);
  if (focusLost) focusFirst();
}

/** Focuses the main element of the view: the text area, the new-note button or the sign-in button. */
function focusFirst(): void {
  (root.querySelector("textarea") ?? root.querySelector<HTMLElement>("#new,#sign-in"))?.focus({ preventScroll: true });
}

function start(): void {
  if (!host) document.body.className = "alone";
  reportHeight();
  // A click in the iframe has just opened this window, and the iframe will navigate it to the account origin. If the opener is
  // missing or closed, or ten seconds pass, the window becomes a page of its own and says so.
  if (!host && location.hash === "#popup") {
    app.show({ name: "opening" });
    let checksLeft = 40;
    const watch = setInterval(() => {
      if (window.opener && !window.opener.closed && checksLeft--) return;
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
  update: (another, moved) => app.update(another, moved),
});

// A double click counts as one click. The second click would press the button that replaced the first one. On a small screen, that
// button closes the note or moves it to the trash.
let firstTarget: EventTarget | null;
root.addEventListener(
  "click",
  (event) => {
    if (event.detail < 2) firstTarget = event.target;
    else if (event.target !== firstTarget) event.stopPropagation();
  },
  true,
);

// Leaving a field saves what was typed.
root.addEventListener("focusout", () => app.onBlur());
addEventListener("online", () => app.onResume());
addEventListener("resize", paint); // how a note is closed depends on the width
addEventListener("pagehide", () => void app.flush());
// The browser may restore the page from its back/forward cache after the visitor has logged out on a later page.
addEventListener("pageshow", ({ persisted }) => persisted && void app.identifyVisitor());
document.addEventListener("visibilitychange", () => (document.hidden ? void app.flush() : app.onResume()));
