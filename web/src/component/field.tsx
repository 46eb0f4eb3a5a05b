import type { ComponentChildren } from "preact";
import { useEffect, useId } from "preact/hooks";

interface Props {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** The hint below the field. */
  hint?: ComponentChildren;
  /** The error message. */
  error?: string | undefined;
  /** The rows of a multi-line field; 0 for a single line. */
  rows?: number;
  type?: "text" | "search";
  autocomplete?: string;
  maxLength?: number;
  placeholder?: string;
  /** Monospaced, for keys, codes and origins. */
  code?: boolean;
  id?: string;
}

/** A labeled field with its hint and its error. */
export function Field({ label, value, onInput, hint, error = "", rows = 0, type = "text", code = false, id, ...rest }: Props) {
  const own = useId();
  const at = id ?? own;
  useFocusOnError(at, error);
  const shared = {
    ...rest,
    id: at,
    value,
    class: code ? "code" : undefined,
    dir: "auto",
    spellcheck: !code,
    autocapitalize: code ? "none" : undefined,
    "aria-invalid": error !== "",
    "aria-describedby": [hint && at + "-hint", error && at + "-error"].filter(Boolean).join(" ") || undefined,
  } as const;
  return (
    <div class="field">
      <label for={at}>{label}</label>
      {rows > 0 ? (
        <textarea {...shared} rows={rows} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <input {...shared} type={type as "text"} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
      {hint && (
        <p id={at + "-hint"} class="quiet">
          {hint}
        </p>
      )}
      {error && (
        <p id={at + "-error"} class="trouble" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

interface Option {
  value: string;
  label: string;
}

/** A labeled select. */
export function Choice({ label, value, options, onChange }: { label: string; value: string; options: Option[]; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Moves the focus to an invalid field. */
export function useFocusOnError(id: string, error: string): void {
  useEffect(() => {
    if (error) document.getElementById(id)?.focus();
  }, [id, error]);
}

interface CheckboxProps {
  label: string;
  /** The meaning of a check. */
  hint: ComponentChildren;
  checked: boolean;
  /** The error message. */
  error?: string;
  onChange: (checked: boolean) => void;
}

/** A checkbox with its label, hint and error. */
export function Checkbox({ label, hint, checked, error = "", onChange }: CheckboxProps) {
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
