import { useEffect } from "preact/hooks";

/** Moves the focus to an invalid field. */
export function useFault(id: string, error: string): void {
  useEffect(() => {
    if (error) document.getElementById(id)?.focus();
  }, [id, error]);
}
