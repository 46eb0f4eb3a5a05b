import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { useFault } from "./fault";

interface Props {
  label: string;
  /** What it means to tick it. */
  hint: ComponentChildren;
  checked: boolean;
  /** What is wrong with it. */
  error?: string;
  onChange: (checked: boolean) => void;
}

/** Something to be ticked. */
export function Check({ label, hint, checked, error = "", onChange }: Props) {
  const id = useId();
  useFault(id, error);
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
