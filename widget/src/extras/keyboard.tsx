// Keyboard shortcuts. Letters count only outside of text fields.
import type { App } from "../app";
import { Fragment, h, render, t } from "../shared";

/** Listens as long as the page is there. */
export function listenForKeys(app: App): void {
  // A key that was pressed before the focus left is forgotten.
  addEventListener("blur", () => (onkeyup = null));
  document.addEventListener("keydown", (event) => {
    const { key } = event;
    const element = event.target as HTMLElement;
    const inTextField = element.matches("input,textarea");
    if (inTextField) onkeyup = null;
    // 229: the key is for an input method, whatever the browser says about the composition (UI Events §7.3.1).
    if (app.view.name !== "notes" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.keyCode === 229) return;
    // It happens at keyup, so that the key is not typed into the field that it opens, and once, however long it is held.
    const onKeyUp = (act: "click" | "focus", selector: string) => {
      onkeyup = (up) => {
        if (up.key !== key) return;
        onkeyup = null;
        document.querySelector<HTMLElement>(selector)?.[act]();
      };
    };
    if (document.querySelector("dialog")) {
      return; // it handles its own keys
    } else if (key === "Escape") {
      if (element.matches("[type=search]")) return; // it clears the search first
      onKeyUp("click", ".back");
    } else if (/^Arrow(Up|Down)$/.test(key) && element.matches("[type=search],.row")) {
      moveFocus(element, key === "ArrowDown" ? 1 : -1);
    } else if (inTextField) {
      return;
    } else if (key === "n") {
      onKeyUp("click", "#new");
    } else if (key === "/") {
      onKeyUp("focus", "[type=search]");
    } else if (key === "?") {
      showShortcuts();
    } else {
      return;
    }
    event.preventDefault();
  });
}

/** Moves the focus from the search into the list, from note to note, and back. */
function moveFocus(from: HTMLElement, by: number): void {
  const targets = [...document.querySelectorAll<HTMLElement>("[type=search],button.row")];
  targets[targets.indexOf(from) + by]?.focus();
}

/** Shows the keyboard shortcuts. The browser returns the focus afterwards. */
export function showShortcuts(): void {
  const dialog = document.createElement("dialog");
  document.body.append(dialog);
  const keys = { n: t("newNote"), "/": t("search"), "↑ ↓": t("notes"), Esc: t("done"), "?": t("shortcuts") };
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
      <button class="primary" onClick={() => dialog.close()}>{t("done")}</button>
    </>,
    dialog,
  );
  dialog.onclose = () => dialog.remove();
  dialog.showModal();
  dialog.scrollIntoView({ block: "nearest" });
}
