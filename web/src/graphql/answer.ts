import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask } from "./ask";
import type { Document, None } from "./document";

/** What a page knows of an answer: the last one stays in sight while it is asked for again, and when that fails. */
export interface Known<Data> {
  data: Data | null;
  error: unknown;
  loading: boolean;
  /** Asks again; resolves when that is settled either way. */
  reload: () => Promise<void>;
}

/** Asks when the component appears and whenever the variables change. */
export function useAnswer<Data>(document: Document<Data, None>): Known<Data>;
export function useAnswer<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Known<Data>;
export function useAnswer<Data>(document: Document<Data, never>, variables: unknown = {}): Known<Data> {
  const key = JSON.stringify(variables);
  const turn = useRef(0);
  const [known, setKnown] = useState<Omit<Known<Data>, "reload">>({ data: null, error: null, loading: true });

  const reload = useCallback(async () => {
    const mine = ++turn.current; // of two answers, the one to the later question counts
    setKnown((before) => ({ ...before, loading: true }));
    try {
      const data = await ask(document, JSON.parse(key) as never);
      if (mine === turn.current) setKnown({ data, error: null, loading: false });
    } catch (error) {
      if (mine === turn.current) setKnown((before) => ({ ...before, error, loading: false }));
    }
  }, [document, key]);

  useEffect(() => {
    void reload();
    return () => void turn.current++;
  }, [reload]);

  // Back on the network, what failed is asked for again.
  useEffect(() => {
    if (!known.error) return;
    const again = () => void reload();
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [known.error, reload]);

  return { ...known, reload };
}
