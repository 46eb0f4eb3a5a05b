// A page that lures its visitor into a double click can open this popup, or bring it to the front, between the two. So for a
// moment after the window comes up, gains focus or changes what its buttons mean, no button does anything.

const moment = 500;

const buttons = document.getElementsByTagName("button"); // those that come later, too
let liveFrom = 0;
let busy = false;
let timer = 0;

/** Makes every button inert for a moment, counted on the events' own clock: a late handler can't shorten it. */
export function rest(since: number = performance.now()): void {
  liveFrom = Math.max(liveFrom, since + moment);
  mark();
}

/** Makes every button inert until something is shown again. */
export function setBusy(now: boolean): void {
  busy = now;
  document.documentElement.classList.toggle("busy", now);
  mark();
}

/** Calls act for a real, considered press of a button, or of the one with that id. */
export function onPress(button: string | HTMLElement, act: () => void): void {
  (typeof button === "string" ? document.getElementById(button) : button)?.addEventListener("click", (event) => {
    if (event.isTrusted && !busy && event.timeStamp >= liveFrom) act();
  });
}

// Not `disabled`: that would drop the keyboard's focus. It tells assistive technology; the handlers above decide.
function mark(): void {
  const wait = liveFrom - performance.now();
  for (const button of buttons) button.ariaDisabled = String(busy || wait > 0);
  clearTimeout(timer);
  if (wait > 0) timer = setTimeout(mark, wait + 1); // a timer may ring a little early
}

addEventListener("focus", (event) => rest(event.timeStamp));
rest();
