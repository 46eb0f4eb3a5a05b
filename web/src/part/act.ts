import { useState } from "preact/hooks";
import { Refused } from "../http/post";
import { explain } from "../passkey/trouble";

/** Something that a person can set going, and how it stands. */
export interface Act {
  busy: boolean;
  /** Why it failed last, in words; "" if it didn't. */
  trouble: string;
  /** With BAD_USER_INPUT: which field is at fault. */
  field: string;
  /** Does it, unless it is being done; false where it failed or was not done. */
  run(act: () => Promise<unknown>): Promise<boolean>;
  /** Forgets the failure: what was wrong has been changed. */
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
