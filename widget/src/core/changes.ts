// The stream of changes that are made elsewhere: Server-Sent Events over POST (graph/doc.go has the format). It is read over
// fetch, since an EventSource can neither POST nor prove who asks.
import type { Change, Note } from "./note";
import { Problem, problemOf } from "./problem";

/** ChangeStream is how a stream is opened, and who is told what comes. */
export interface ChangeStream<N extends Note = Note> {
  /** Sends the request; the signal ends it. */
  open(signal: AbortSignal): Promise<Response>;
  onChange(change: Change<N>): void;
  /** Changes may have been missed. */
  onGap(): void;
  /** The session has ended. Returns whether there is another one, with which the stream goes on. */
  onEnd(): boolean | Promise<boolean>;
}

/** The server sends something every 20 s. Without any of it for this long, the connection is taken for lost. */
const idleTimeout = 50_000;

/** Keeps the stream open until the signal, or until the session ends for good. `missed` tells whether changes may have been missed before. */
export async function followChanges<N extends Note>(stream: ChangeStream<N>, signal: AbortSignal, missed = false): Promise<void> {
  for (let pause = 1000; !signal.aborted; pause = Math.min(pause * 2, 60_000)) {
    try {
      const ended = await read(stream, signal, () => {
        if (missed) stream.onGap();
        missed = false;
        pause = 500;
      });
      if (ended && !(await stream.onEnd())) return;
    } catch (thrown) {
      pause = Math.max(pause, problemOf(thrown).wait);
    }
    missed = true;
    await new Promise((again) => setTimeout(again, pause * (0.5 + Math.random())));
  }
}

/** Reads one response until it breaks off, and calls `heard` whenever something arrives. Returns true if the session has ended. */
async function read<N extends Note>(stream: ChangeStream<N>, signal: AbortSignal, onData: () => void): Promise<boolean> {
  const timeout = new AbortController();
  const response = await stream.open(AbortSignal.any([signal, timeout.signal]));
  if (response.status === 401) return true;
  if (!response.ok) throw new Problem("network", "", undefined, retryAfter(response));
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(() => timeout.abort(), idleTimeout);
      const { done, value } = await reader.read();
      if (done) return false;
      onData();
      const events = (text + value).split("\n\n");
      text = events.pop()!;
      for (const event of events) {
        const change = changeOf<N>(event);
        if (change) stream.onChange(change);
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

function changeOf<N extends Note>(event: string): Change<N> | undefined {
  const data = /^data: ?(\{.*)/m.exec(event);
  return data && JSON.parse(data[1]!).data?.noteChanged;
}

/** Returns the milliseconds of Retry-After, in seconds or as a date (RFC 9110 §10.2.3), but no more than five minutes. */
export function retryAfter({ headers }: Response): number {
  const after = headers.get("Retry-After") ?? "";
  return Math.min(Math.max(Number(after) * 1000 || Date.parse(after) - Date.now() || 0, 0), 300_000);
}
