import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { live, useLive } from "../page/live";
import { door } from "../session/door";
import { Button } from "./button";

interface Props {
  heading: string;
  /** Called when the dialog closes, also by Escape. */
  onClose: () => void;
  children: ComponentChildren;
}

/** A dialog that is open while it is drawn. The browser keeps the focus inside it and restores it afterwards. */
export function Dialog({ heading, onClose, children }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const waits = useLive(door) !== null; // an open dialog would make the sign-in page inert

  useEffect(() => {
    const element = dialog.current!;
    if (waits) return;
    const before = document.activeElement as HTMLElement | null;
    element.showModal();
    return () => {
      element.close();
      if (before?.isConnected) before.focus();
    };
  }, [waits]);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{heading}</h2>
      {children}
    </dialog>
  );
}

interface Question {
  heading: string;
  text: ComponentChildren;
  /** The text of the confirming button. */
  act: string;
}

const asked = live<(Question & { answer: (yes: boolean) => void }) | null>(null);

/** Asks for confirmation before an action that can't be undone. */
export function sure(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer(yes) {
        asked.value = null;
        resolve(yes);
      },
    };
  });
}

/** The dialog of sure(). */
export function Questions() {
  const question = useLive(asked);
  if (!question) return null;
  return (
    <Dialog heading={question.heading} onClose={() => question.answer(false)}>
      <p>{question.text}</p>
      <div class="acts">
        <Button onClick={() => question.answer(false)}>Cancel</Button>
        <Button kind="danger" onClick={() => question.answer(true)}>
          {question.act}
        </Button>
      </div>
    </Dialog>
  );
}
