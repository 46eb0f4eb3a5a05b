import { useEffect } from "preact/hooks";
import type { Undoing } from "../../../widget/src/core/replacement";
import { showToast, withdrawUndo } from "../component/toast";

let shown: { undo: () => void; undoing: Undoing } | undefined;

/** Shows what has replaced the text of the open note, with Undo until the text changes again or its page is left. */
export function showReplacement(text: string, undoing: Undoing): void {
  const undo = () => undoing()?.();
  shown = { undo, undoing };
  showToast(text, undoing() && undo);
}

/** Withdraws Undo from a note's page, which is drawn after each change of the note. */
export function useReplacement(): void {
  useEffect(() => {
    if (shown && !shown.undoing()) withdraw();
  });
  useEffect(() => withdraw, []);
}

function withdraw(): void {
  if (shown) withdrawUndo(shown.undo);
  shown = undefined;
}
