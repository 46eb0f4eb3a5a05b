import { useState } from "preact/hooks";
import { RefusedError } from "../http/post";
import { explainError } from "../passkey/errors";

/** An action of the person, and its state. */
export interface Action {
  busy: boolean;
  /** The message of the last failure; "" if there was none. */
  error: string;
  /** With BAD_USER_INPUT: the invalid field. */
  field: string;
  /** Runs the action unless it is already running. Returns false if it failed or did not run. */
  run(act: () => Promise<unknown>): Promise<boolean>;
  /** Clears the failure after the input has changed. */
  clear(): void;
}

const idle = { busy: false, error: "", field: "" };

export function useAction(): Action {
  const [state, setState] = useState(idle);
  return {
    ...state,
    async run(act) {
      if (state.busy) return false;
      setState({ ...idle, busy: true });
      try {
        await act();
        setState(idle);
        return true;
      } catch (error) {
        const field = error instanceof RefusedError ? (error.detail.field ?? "") : "";
        setState({ busy: false, error: explainError(error).message, field });
        return false;
      }
    },
    clear: () => setState((before) => (before.error ? { ...before, error: "", field: "" } : before)),
  };
}
