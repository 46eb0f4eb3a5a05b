// A page can trick its visitor into a double click, and open this popup or bring it to the front between the two clicks. So the
// buttons do nothing for a moment after the window opens, gets the focus or changes its buttons.

const pauseTime = 500;

const buttons = document.getElementsByTagName("button"); // a live list
let enabledAt = 0;
let busy = false;
let timer = 0;

/** Disables all buttons for a moment, by the events' own clock, so that a late handler can't shorten it. */
export function pauseButtons(since: number = performance.now()): void {
  enabledAt = Math.max(enabledAt, since + pauseTime);
  updateDisabled();
}

/** Disables all buttons until a section is shown. */
export function setBusy(now: boolean): void {
  busy = now;
  updateDisabled();
}

/** Calls act when the person presses the button, or the button with that id. */
export function onPress(button: string | HTMLElement, act: () => void): void {
  (typeof button === "string" ? document.getElementById(button) : button)?.addEventListener("click", (event) => {
    if (event.isTrusted && !busy && event.timeStamp >= enabledAt) act();
  });
}

// Not `disabled`, which would lose the focus. This informs assistive technology; the handlers above decide.
function updateDisabled(): void {
  const wait = enabledAt - performance.now();
  for (const button of buttons) button.ariaDisabled = String(busy || wait > 0);
  clearTimeout(timer);
  if (wait > 0) timer = setTimeout(updateDisabled, wait + 1); // a timer can fire a little early
}

addEventListener("focus", (event) => pauseButtons(event.timeStamp));
pauseButtons();
