import { useEffect, useLayoutEffect } from "preact/hooks";
import { t } from "../page/text";
import { observable, useObservable } from "../page/observable";
import { Button } from "./button";

interface Toast {
  text: string;
  undo?: (() => void) | undefined;
}

const toast = observable<Toast>({ text: "" });

const duration = 6_000;

/** Shows what just happened, for screen readers too, with an Undo button if undo is given. An empty text hides the toast. */
export function showToast(text: string, undo?: () => void): void {
  toast.value = { text, undo };
}

/** Takes Undo off the toast if it is this one: it would undo something else now. */
export function withdrawUndo(undo: () => void): void {
  if (toast.value.undo === undo) showToast(toast.value.text);
}

/**
 * The line at the foot of the page. A toast with an Undo button stays until it is used, withdrawn, dismissed or replaced. The button gets
 * the focus, since the one that was pressed may be gone, but not from a text that somebody writes.
 */
export function Toast() {
  const { text, undo } = useObservable(toast);
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
