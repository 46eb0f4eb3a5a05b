import { useEffect, useLayoutEffect } from "preact/hooks";
import { usePath } from "../page/navigation";
import { t } from "../page/text";
import { observable, useObservable } from "../page/observable";
import { Button } from "./button";

interface Toast {
  text: string;
  undo?: (() => void) | undefined;
  /** The path at which it is shown. */
  path: string;
}

const toast = observable<Toast>({ text: "", path: "" });

const duration = 6_000;

/**
 * Shows what just happened, for screen readers too, with an Undo button if undo is given. An empty text hides the toast, and so does
 * another path: what happened on a page that was left doesn't belong on the next one. A caller that navigates does so first.
 */
export function showToast(text: string, undo?: () => void): void {
  toast.value = { text, undo, path: location.pathname };
}

/** Takes Undo off the toast if it is this one: it would undo something else now. */
export function withdrawUndo(undo: () => void): void {
  if (toast.value.undo === undo) toast.value = { ...toast.value, undo: undefined };
}

/**
 * The line at the foot of the page. A toast with an Undo button stays until it is used, withdrawn, dismissed or replaced, or the page
 * is left. The button gets the focus, since the one that was pressed may be gone, but not from a text that somebody writes.
 */
export function Toast() {
  const { text, undo, path } = useObservable(toast);
  usePath(""); // redraws at another path
  const left = text !== "" && path !== location.pathname;
  useLayoutEffect(() => {
    if (left) showToast("");
  }, [left]);
  useEffect(() => {
    if (!text || undo) return;
    const timer = setTimeout(() => showToast(""), duration);
    return () => clearTimeout(timer);
  }, [text, undo]);
  useLayoutEffect(() => {
    if (undo && !document.activeElement?.matches("input, textarea")) document.getElementById("undo")?.focus();
  }, [undo]);
  return (
    <div class="toast" data-shown={text !== ""}>
      <p role="status">{text}</p>
      {undo && (
        <Button
          id="undo"
          kind="plain"
          onClick={() => {
            showToast("");
            undo();
          }}
        >
          {t("undo")}
        </Button>
      )}
      {undo && (
        <Button kind="plain" label={t("dismiss")} onClick={() => showToast("")}>
          ×
        </Button>
      )}
    </div>
  );
}
