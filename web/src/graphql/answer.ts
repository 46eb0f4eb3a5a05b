import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask } from "./ask";
import type { Document, None } from "./document";

/** The state of a query. The last answer stays visible during a reload and after a failed one. */
export interface Known<Data> {
  data: Data | null;
  error: unknown;
  loading: boolean;
  /** Queries again. Resolves when that succeeds or fails. */
  reload: () => Promise<void>;
}

/** Queries when the component appears and when the variables change. */
export function useAnswer<Data>(document: Document<Data, None>): Known<Data>;
export function useAnswer<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Known<Data>;
export function useAnswer<Data>(document: Document<Data, never>, variables: unknown = {}): Known<Data> {
  const key = JSON.stringify(variables);
  const turn = useRef(0);
  const [known, setKnown] = useState<Omit<Known<Data>, "reload">>({ data: null, error: null, loading: true });

  const reload = useCallback(async () => {
    const mine = ++turn.current; // only the answer to the latest query counts
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

  // A failed query is retried when the network is back.
  useEffect(() => {
    if (!known.error) return;
    const again = () => void reload();
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [known.error, reload]);

  return { ...known, reload };
}
