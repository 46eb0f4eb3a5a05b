// The keyboard: what a key does in the notes, and a list of that. Letters count only where nobody writes.
import { Fragment, h } from "preact";
import type { App } from "../app";
import { render, t } from "./kit";

// When the key is let go, so that it is not written into the field that it opens.
const later = (act: (element: HTMLElement) => void, selector: string) => {
  onkeyup = () => {
    onkeyup = null;
    const element = document.querySelector<HTMLElement>(selector);
    if (element) act(element);
  };
};
const press = (selector: string) => later((element) => element.click(), selector);

let listens = false;

/** Listens for as long as the page is there. */
export function listen(app: App): void {
  if (listens) return;
  listens = true;
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (app.face.name !== "notes" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const element = target as HTMLElement;
    if (key === "Escape") {
      if (element.matches("[type=search]")) return; // there is something to clear first
      press(".back");
    } else if (/^Arrow(Up|Down)$/.test(key) && element.matches("[type=search],.row")) {
      step(element, key === "ArrowDown" ? 1 : -1);
    } else if (element.matches("input,textarea")) {
      return;
    } else if (key === "n") {
      press("#new");
    } else if (key === "/") {
      later((field) => field.focus(), "[type=search]");
    } else if (key === "?") {
      help();
    } else {
      return;
    }
    event.preventDefault();
  });
}

/** From the search into the list, from note to note, and back. */
function step(from: HTMLElement, by: number): void {
  const stops = [...document.querySelectorAll<HTMLElement>("[type=search],button.row")];
  stops[stops.indexOf(from) + by]?.focus();
}

/** Says what the keys do. The browser takes the focus back to where it was. */
export function help(): void {
  const dialog = document.createElement("dialog");
  document.body.append(dialog);
  const keys = { n: t("newNote"), "/": t("search"), "↑ ↓": t("notes"), Esc: t("close"), "?": t("shortcuts") };
  dialog.setAttribute("aria-label", t("shortcuts"));
  render(
    <>
      <h2>{t("shortcuts")}</h2>
      <dl>
        {Object.entries(keys).map(([key, what]) => (
          <div>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button onClick={() => dialog.close()}>{t("done")}</button>
    </>,
    dialog,
  );
  dialog.onclose = () => dialog.remove();
  dialog.showModal();
  dialog.scrollIntoView({ block: "nearest" });
}
