// Hears of changes made elsewhere: by one stream (Server-Sent Events over fetch, since only that carries a proof) for all pages
// of this browser that show the same person's notes. The page that has the lock listens and tells the others.
import { config, host } from "./config";
import { Changed } from "./documents.graphql";
import { ask, retryAfter } from "./graphql";
import { request } from "./lock";
import type { Change, Notebook } from "./notebook";
import type { Session } from "./session";
import { Problem, problemOf } from "./problem";

export class Live {
  #notebook: Notebook;
  #session: Session;
  #end = new AbortController();
  #others: BroadcastChannel | undefined;

  /** Listens until it is told to stop, or the session ends. */
  constructor(notebook: Notebook, session: Session) {
    this.#notebook = notebook;
    this.#session = session;
    this.#share(`live ${config.tenant.key} ${host ?? config.frameOrigin} ${notebook.owner}`).catch(() => this.#lead()); // refused: each page listens for itself
  }

  /** Listens once no other page does; until then it hears what that one does. */
  async #share(name: string): Promise<void> {
    this.#others = new BroadcastChannel(name);
    this.#others.onmessage = ({ data }) => this.#notebook.hear(data);
    await request(name, { signal: this.#end.signal }, () => this.#lead());
  }

  stop(): void {
    this.#others?.close();
    this.#end.abort();
  }

  async #lead(): Promise<void> {
    let missed = false;
    for (let pause = 1000; !this.#end.signal.aborted; pause = Math.min(pause * 2, 60_000)) {
      try {
        await this.#listen(() => {
          if (missed) void this.#notebook.load();
          missed = false;
          pause = 500;
        });
      } catch (thrown) {
        const { code, wait } = problemOf(thrown);
        if (code === "gone") return this.#notebook.load();
        pause = Math.max(pause, wait);
      }
      missed = true;
      await new Promise((again) => setTimeout(again, pause * (0.5 + Math.random())));
    }
  }

  async #listen(heard: () => void): Promise<void> {
    // The server says something every 20 s; who hears nothing for longer isn't connected any more.
    const silent = new AbortController();
    let timer = 0;
    const response = await ask(this.#session, Changed, {}, { accept: "text/event-stream", signal: AbortSignal.any([this.#end.signal, silent.signal]) });
    if (response.status === 401) throw new Problem("gone");
    if (!response.ok) throw new Problem("network", "", undefined, retryAfter(response));
    let text = "";
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), 50_000);
      const { done, value } = await reader.read();
      if (done) break;
      heard();
      text += value;
      const events = text.split("\n\n");
      text = events.pop()!;
      for (const event of events) this.#hear(event);
    }
    clearTimeout(timer);
  }

  #hear(event: string): void {
    const data = /^data: ?(\{.*)/m.exec(event);
    const change: Change | undefined = data && JSON.parse(data[1]!).data?.noteChanged;
    if (!change) return;
    this.#others?.postMessage(change);
    this.#notebook.hear(change);
  }
}
