import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { request } from "./request";
import type { Document, NoVariables } from "./document";

/** The state of a query. The last answer stays visible during a reload and after a failed one. */
export interface Query<Data> {
  data: Data | null;
  error: unknown;
  loading: boolean;
  /** Queries again. Resolves when that succeeds or fails. */
  reload: () => Promise<void>;
}

/** Queries when the component appears and when the variables change, by `request` unless there is another way to send. */
export function useQuery<Data>(document: Document<Data, NoVariables>): Query<Data>;
export function useQuery<Data, Variables>(document: Document<Data, Variables>, variables: Variables, send?: typeof request): Query<Data>;
export function useQuery<Data>(document: Document<Data, never>, variables: unknown = {}, send = request): Query<Data> {
  const key = JSON.stringify(variables);
  const turn = useRef(0);
  const [query, setQuery] = useState<Omit<Query<Data>, "reload">>({ data: null, error: null, loading: true });

  const reload = useCallback(async () => {
    const mine = ++turn.current; // only the answer to the latest query counts
    setQuery((before) => ({ ...before, loading: true }));
    try {
      const data = await send(document, JSON.parse(key) as never);
      if (mine === turn.current) setQuery({ data, error: null, loading: false });
    } catch (error) {
      if (mine === turn.current) setQuery((before) => ({ ...before, error, loading: false }));
    }
  }, [document, key]);

  useEffect(() => {
    void reload();
    return () => void turn.current++;
  }, [reload]);

  // A failed query is retried when the network is back.
  useEffect(() => {
    if (!query.error) return;
    const again = () => void reload();
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [query.error, reload]);

  return { ...query, reload };
}
