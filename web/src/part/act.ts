import { useState } from "preact/hooks";
import { Refused } from "../http/post";
import { explain } from "../passkey/trouble";

/** An action of the person, and its state. */
export interface Act {
  busy: boolean;
  /** The message of the last failure; "" if there was none. */
  trouble: string;
  /** With BAD_USER_INPUT: the invalid field. */
  field: string;
  /** Runs the action unless it is already running. Returns false if it failed or did not run. */
  run(act: () => Promise<unknown>): Promise<boolean>;
  /** Clears the failure after the input has changed. */
  clear(): void;
}

const idle = { busy: false, trouble: "", field: "" };

export function useAct(): Act {
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
        const field = error instanceof Refused ? (error.detail.field ?? "") : "";
        setState({ busy: false, trouble: explain(error).message, field });
        return false;
      }
    },
    clear: () => setState((before) => (before.trouble ? { ...before, trouble: "", field: "" } : before)),
  };
}
