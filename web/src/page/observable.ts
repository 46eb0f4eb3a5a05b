import { useEffect, useState } from "preact/hooks";

/** A value shared by the page. Components that use it redraw when it changes. */
export interface Observable<Value> {
  value: Value;
  listen(listener: () => void): () => void;
}

export function observable<Value>(initial: Value): Observable<Value> {
  const listeners = new Set<() => void>();
  let value = initial;
  return {
    get value() {
      return value;
    },
    set value(next) {
      if (next === value) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Returns the value, and redraws the component when it changes. */
export function useObservable<Value>(of: Observable<Value>): Value {
  const [, redraw] = useState(0);
  useEffect(() => {
    redraw((n) => n + 1); // the value may have changed between rendering and this effect
    return of.listen(() => redraw((n) => n + 1));
  }, [of]);
  return of.value;
}

const online = observable(globalThis.navigator?.onLine ?? true); // Node 20, which runs tests, has no navigator
addEventListener("online", () => (online.value = true));
addEventListener("offline", () => (online.value = false));

/** Returns whether the browser is online. */
export function useOnline(): boolean {
  return useObservable(online);
}
