import { useEffect } from "preact/hooks";

/** Puts the focus on the field that something is wrong with, as soon as that is known: there it is mended. */
export function useFault(id: string, error: string): void {
  useEffect(() => {
    if (error) document.getElementById(id)?.focus();
  }, [id, error]);
}
