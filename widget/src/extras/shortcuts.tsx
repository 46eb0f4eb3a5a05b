import { Fragment, h, render, t } from "../shared";

/** Shows the keyboard shortcuts (keyboard.ts). The browser returns the focus afterwards. */
export function showShortcuts(): void {
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
      <button class="primary" onClick={() => dialog.close()}>{t("done")}</button>
    </>,
    dialog,
  );
  dialog.onclose = () => dialog.remove();
  dialog.showModal();
  dialog.scrollIntoView({ block: "nearest" });
}
