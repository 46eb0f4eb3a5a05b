// The app in the iframe, and on the page of its own: puts the parts together and keeps them in time with the page around.
import { h, render } from "preact";
import { App } from "./app";
import { host } from "./config";
import { meetHost, reportHeight } from "./host";
import { Faces } from "./faces";

export * from "./shared";

const root = document.getElementById("aside")!;
const app = new App(paint);

/** Whether the focus went down with what had it. */
let lost = false;

/** Draws the app as it is now. Focus that goes down with a button that isn't needed any more isn't lost. */
function paint(): void {
  const focused = document.activeElement;
  render(<Faces app={app} />, root);
  lost = document.activeElement === document.body && (lost || focused !== document.body);
  if (lost) focusFirst();
}

/** Puts the focus on the one thing that the face is for: to write, to begin a note, to sign in. */
function focusFirst(): void {
  (root.querySelector("textarea") ?? root.querySelector<HTMLElement>("#new,#sign-in"))?.focus({ preventScroll: true });
}

function start(): void {
  if (!host) document.body.className = "alone";
  reportHeight();
  // The window that a click in the iframe has just opened waits here to be sent on. Without an opener, or if nobody
  // comes, it is a page of its own, and says so.
  if (!host && location.hash === "#popup") {
    app.turn({ name: "opening" });
    let looks = 40;
    const watch = setInterval(() => {
      if (window.opener && !window.opener.closed && looks--) return;
      clearInterval(watch);
      void app.start().then(() => app.forsaken());
    }, 250);
  } else {
    void app.start();
  }
}

meetHost(start, {
  open: focusFirst,
  close: () => void app.flush(),
  signout: () => void app.signOut(),
  update: (another) => app.update(another),
});

// A double click is one click. The second would press what has come in the place of the first button: on a small screen,
// the one that closes the note or moves it to the trash.
let clicked: EventTarget | null;
root.addEventListener(
  "click",
  (event) => {
    if (event.detail < 2) clicked = event.target;
    else if (event.target !== clicked) event.stopPropagation();
  },
  true,
);

// What is typed is saved when the field is left, too.
root.addEventListener("focusout", () => app.left());
addEventListener("online", () => app.back());
addEventListener("pagehide", () => void app.flush());
// Back from the browser's memory: whoever was there may have logged out on the page that came after.
addEventListener("pageshow", ({ persisted }) => persisted && void app.look());
document.addEventListener("visibilitychange", () => (document.hidden ? void app.flush() : app.back()));
