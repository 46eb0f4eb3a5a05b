// Changes made elsewhere: one stream for all pages of this browser that show the same person's notes. The page that holds the lock reads
// the stream and tells the others.
import { config, host } from "./config";
import { followChanges } from "./core/changes";
import type { Change } from "./core/note";
import { Changed } from "./documents.graphql";
import { sendOperation } from "./graphql";
import { requestLock } from "./lock";
import type { Session } from "./session";

/** ChangeListener is notified of the changes. */
export interface ChangeListener {
  readonly owner: string;
  applyChange(change: Change): void;
  /** Loads the list again: changes may have been missed, or the session has ended. */
  load(): Promise<void>;
}

/** LiveChanges follows the changes until it is stopped or the session ends. */
export class LiveChanges {
  #listener: ChangeListener;
  #session: Session;
  #end = new AbortController();
  #channel: BroadcastChannel | undefined;

  constructor(listener: ChangeListener, session: Session) {
    this.#listener = listener;
    this.#session = session;
    const name = `live ${config.tenant.key} ${host ?? config.frameOrigin} ${listener.owner}`;
    this.#share(name).catch(() => this.#follow()); // the browser refuses, so each page reads a stream of its own
  }

  /** Follows the changes once no other page does. Until then it gets them from that page. */
  async #share(name: string): Promise<void> {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => this.#listener.applyChange(data);
    await requestLock(name, { signal: this.#end.signal }, () => this.#follow());
  }

  stop(): void {
    this.#channel?.close();
    this.#end.abort();
  }

  #follow(): Promise<void> {
    const listener = this.#listener;
    return followChanges(
      {
        open: (signal) => sendOperation(this.#session, Changed, {}, { accept: "text/event-stream", signal }),
        onChange: (change) => {
          this.#channel?.postMessage(change);
          listener.applyChange(change);
        },
        onGap: () => void listener.load(),
        onEnd: () => {
          void listener.load(); // which finds that out, too
          return false;
        },
      },
      this.#end.signal,
    );
  }
}
