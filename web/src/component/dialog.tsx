import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { observable, useObservable } from "../page/observable";
import { t } from "../page/text";
import { pendingSignIn } from "../session/sign_in";
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
  const waiting = useObservable(pendingSignIn) !== null; // an open dialog would make the sign-in page inert

  useEffect(() => {
    const element = dialog.current!;
    if (waiting) return;
    const before = document.activeElement as HTMLElement | null;
    element.showModal();
    return () => {
      element.close();
      if (before?.isConnected) before.focus();
    };
  }, [waiting]);

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
  button: string;
}

const currentQuestion = observable<(Question & { answer: (yes: boolean) => void }) | null>(null);

/** Asks for confirmation before an action that can't be undone. */
export function askConfirmation(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    currentQuestion.value = {
      ...question,
      answer(yes) {
        currentQuestion.value = null;
        resolve(yes);
      },
    };
  });
}

/** The dialog of askConfirmation(). */
export function ConfirmationDialog() {
  const question = useObservable(currentQuestion);
  if (!question) return null;
  return (
    <Dialog heading={question.heading} onClose={() => question.answer(false)}>
      <p>{question.text}</p>
      <div class="acts">
        <Button onClick={() => question.answer(false)}>{t("cancel")}</Button>
        <Button kind="danger" onClick={() => question.answer(true)}>
          {question.button}
        </Button>
      </div>
    </Dialog>
  );
}
