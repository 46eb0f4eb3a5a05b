import { pauseButtons, setBusy } from "./buttons";

export type Name = "offer" | "second" | "lost" | "recovered" | "remove" | "device" | "resume" | "consent" | "link" | "elsewhere" | "trouble" | "end";

const status = document.getElementById("status")!;

/** Shows one section of the page and moves the focus to its heading, so that a screen reader starts there. */
export function show(name: Name): void {
  for (const section of document.querySelectorAll("section")) section.hidden = section.id !== name;
  setStatus("");
  setBusy(false);
  pauseButtons(); // another button is now under the pointer
  document.querySelector<HTMLElement>(`#${name} h1`)!.focus();
}

/** Sets the status text, which screen readers announce. */
export function setStatus(text: string): void {
  status.textContent = text;
}

/** Fills every placeholder for `key`. */
export function fill(key: string, text: string): void {
  for (const place of document.querySelectorAll(`[data-fill="${key}"]`)) place.textContent = text;
}

/** Shows or hides each element that the selector matches. */
export function toggle(selector: string, shown: boolean): void {
  for (const element of document.querySelectorAll<HTMLElement>(selector)) element.hidden = !shown;
}
