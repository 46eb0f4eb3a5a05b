// Changes from other pages and devices, for the parts of the page that show notes.
import { useEffect, useRef } from "preact/hooks";
import { followChanges, type ChangeStream } from "../../../widget/src/core/changes";
import type { Change } from "../../../widget/src/core/note";
import { signIn } from "../session/sign_in";
import { CHANGED } from "./documents";
import type { SiteNote } from "./note";
import { noteRequests } from "./note_requests";

/** Listener is called with each change, and with null when changes may have been missed. */
type Listener = (change: Change<SiteNote> | null) => void;

const listeners = new Set<Listener>();

/** Calls listener for changes while the component is mounted. */
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
 * Keeps a stream open while the page is visible, so that background pages need no connection. The server closes the stream
 * when the session ends, and the page then shows that.
 */
export function useChangeStream(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    let end = new AbortController();
    const restart = () => {
      end.abort();
      end = new AbortController();
      // Changes between the page's first queries and the first stream may have been missed.
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
  onChange: (change) => void noteRequests.read(change).then(announce),
  onGap: () => announce(null),
  onEnd: async () => {
    await signIn();
    return true;
  },
};

function announce(change: Change<SiteNote> | null): void {
  for (const listener of [...listeners]) listener(change);
}
