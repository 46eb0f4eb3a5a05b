import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { useFocusOnError } from "./field";

interface Props {
  label: string;
  /** The meaning of a check. */
  hint: ComponentChildren;
  checked: boolean;
  /** The error message. */
  error?: string;
  onChange: (checked: boolean) => void;
}

/** A checkbox with its label, hint and error. */
export function Checkbox({ label, hint, checked, error = "", onChange }: Props) {
  const id = useId();
  useFocusOnError(id, error);
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-invalid={error !== ""}
        aria-describedby={id + "-hint" + (error && ` ${id}-error`)}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{label}</label>
        <p id={id + "-hint"} class="quiet">
          {hint}
        </p>
        {error && (
          <p id={id + "-error"} class="trouble" role="alert">
            {error}
          </p>
        )}
      </div>
    </div>
  );
}
