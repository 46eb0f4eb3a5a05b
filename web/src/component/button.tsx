import type { ComponentChildren } from "preact";

interface Props {
  /** first: the primary action. danger: removes something. plain: text only, next to what it acts on. */
  kind?: "first" | "danger" | "plain" | undefined;
  busy?: boolean | undefined;
  /** The accessible name, if the text alone doesn't say what the button acts on. */
  label?: string | undefined;
  id?: string;
  type?: "button" | "submit";
  pressed?: boolean | undefined;
  describedBy?: string | undefined;
  onClick?: (event: MouseEvent) => void;
  children: ComponentChildren;
}

/** A button. While busy, it does nothing but keeps the focus, so it is not `disabled`. */
export function Button({ kind, busy = false, label, id, type = "button", pressed, describedBy, onClick, children }: Props) {
  return (
    <button
      id={id}
      type={type}
      class={kind}
      aria-label={label}
      aria-disabled={busy}
      aria-busy={busy}
      aria-pressed={pressed}
      aria-describedby={describedBy}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {children}
    </button>
  );
}
