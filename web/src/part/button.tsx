import type { ComponentChildren } from "preact";

interface Props {
  /** first: the one thing to do here. danger: takes something away. plain: words only, beside what they act on. */
  kind?: "first" | "danger" | "plain" | undefined;
  busy?: boolean | undefined;
  /** What it is called where its words alone don't say on what it acts. */
  label?: string | undefined;
  id?: string;
  type?: "button" | "submit";
  pressed?: boolean | undefined;
  describedBy?: string | undefined;
  onClick?: (event: MouseEvent) => void;
  children: ComponentChildren;
}

/** A button. While busy it keeps the focus and does nothing, hence not `disabled`. */
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
