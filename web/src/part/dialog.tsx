import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { live, useLive } from "../page/live";
import { door } from "../session/door";
import { Button } from "./button";

interface Props {
  heading: string;
  /** Called when it closes, by Escape too. */
  onClose: () => void;
  children: ComponentChildren;
}

/** A dialog that is open as long as it is drawn. The browser keeps the focus in it and gives it back. */
export function Dialog({ heading, onClose, children }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const waits = useLive(door) !== null; // behind the sign-in page, which it would make inert

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
  /** What the button says that does it. */
  act: string;
}

const asked = live<(Question & { answer: (yes: boolean) => void }) | null>(null);

/** Asks once before something that can't be undone. */
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

/** The place where sure() asks. */
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
