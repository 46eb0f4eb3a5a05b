// The changes made elsewhere, for the parts of the page that show notes.
import { useEffect, useRef } from "preact/hooks";
import { followChanges, type ChangeStream } from "../../../widget/src/core/changes";
import type { Change } from "../../../widget/src/core/note";
import { signIn } from "../session/door";
import { CHANGED } from "./documents";
import type { SiteNote } from "./note";

/** Listener is called with each change, and with null when changes may have been missed. */
type Listener = (change: Change<SiteNote> | null) => void;

const listeners = new Set<Listener>();

/** Listens as long as the component is there. */
export function useChanges(listener: Listener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const hear: Listener = (change) => latest.current(change);
    listeners.add(hear);
    return () => void listeners.delete(hear);
  }, []);
}

/**
 * Keeps a stream open while the page is in sight, so that pages in the background need no connection. It ends with the session
 * (the server keeps none alive for it), and then the page says so by itself.
 */
export function useStream(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    let end = new AbortController();
    const restart = () => {
      end.abort();
      end = new AbortController();
      // What changed between the page's own questions and the first stream was missed, too.
      if (!document.hidden) void followChanges(stream, end.signal, true);
    };
    restart();
    document.addEventListener("visibilitychange", restart);
    return () => {
      document.removeEventListener("visibilitychange", restart);
      end.abort();
    };
  }, [wanted]);
}

const stream: ChangeStream<SiteNote> = {
  open: (signal) =>
    fetch("/graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify({ query: CHANGED.text }),
      redirect: "error",
      signal,
    }),
  onChange: announce,
  onGap: () => announce(null),
  onEnd: async () => {
    await signIn();
    return true;
  },
};

function announce(change: Change<SiteNote> | null): void {
  for (const listener of [...listeners]) listener(change);
}
