import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Loading, LoadError } from "../component/state";

interface Props<P> {
  /** Imports the component. */
  load: () => Promise<ComponentType<P>>;
  props: P;
}

/** Draws a component of a module that is loaded when it is needed. */
export function Lazy<P extends object>({ load, props }: Props<P>) {
  const [Part, setPart] = useState<ComponentType<P> | null>(null);
  const [error, setError] = useState<unknown>(null);
  const start = () =>
    load().then(
      (loaded) => (setPart(() => loaded), setError(null)),
      setError,
    );
  useEffect(() => void start(), []);
  return Part ? <Part {...props} /> : error ? <LoadError error={error} retry={start} /> : <Loading />;
}
