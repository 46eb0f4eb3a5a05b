// What happens to the notes elsewhere, as it happens: Server-Sent Events over POST (graph/doc.go has the format).
import { useEffect, useRef } from "preact/hooks";
import { signIn } from "../session/door";
import { CHANGED } from "./documents";
import type { Note } from "./note";

/** A note as it is now; none where it is gone for good. */
export interface Change {
  id: string;
  note: Note | null;
}

/** Is told of each change; of null where something may have been missed. */
type Listener = (change: Change | null) => void;

const listeners = new Set<Listener>();

/** Listens for as long as the component is there. */
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
 * Keeps a stream open while the page is in sight, so that pages in the background take no connection. It ends with the session
 * (the server keeps none alive for it), and then the page says so by itself.
 */
export function useStream(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    let end = new AbortController();
    const look = () => {
      end.abort();
      end = new AbortController();
      if (!document.hidden) void lead(end.signal);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      end.abort();
    };
  }, [wanted]);
}

function tell(change: Change | null): void {
  for (const listener of [...listeners]) listener(change);
}

async function lead(signal: AbortSignal): Promise<void> {
  let missed = true; // between what was asked for before and the first stream, too
  for (let pause = 1000; !signal.aborted; pause = Math.min(pause * 2, 60_000)) {
    try {
      await listen(signal, () => {
        if (missed) tell(null);
        missed = false;
        pause = 250;
      });
    } catch {
      // cut off, out of reach or told to stop: in any case what follows is the same
    }
    missed = true;
    await new Promise((again) => setTimeout(again, pause * (0.5 + Math.random())));
  }
}

const silence = 50_000; // the server says something every 20 s

/** Hears until the stream ends; `heard` is called whenever anything comes. */
async function listen(signal: AbortSignal, heard: () => void): Promise<void> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), silence);
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify({ query: CHANGED.text }),
      redirect: "error",
      signal: AbortSignal.any([signal, silent.signal]),
    });
    if (response.status === 401) return await signIn();
    if (!response.ok || !response.body) return;
    let text = "";
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), silence);
      heard();
      text += part.value;
      const events = text.split("\n\n");
      text = events.pop()!;
      events.forEach(hear);
    }
  } finally {
    clearTimeout(timer);
  }
}

function hear(event: string): void {
  const data = /^data: ?(\{.*)/m.exec(event);
  const change = data && (JSON.parse(data[1]!) as { data?: { noteChanged?: Change } }).data?.noteChanged;
  if (change) tell(change);
}
