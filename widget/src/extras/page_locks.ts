// Locks between the pages of one site by messages, for browsers with Web Locks that must not be used (lock.ts): the part of LockManager
// that is needed. A page that holds a lock says so when another one asks. A suspended page does not, so its locks count as free.

/** How long to wait for an answer. */
const answerTime = 500;

/** The longest pause before a lock that another page holds is requested again. */
const longestPause = 10_000;

interface Message {
  asked?: string;
  held?: string;
}

/** PageLocks are the locks of one page. */
export class PageLocks {
  #held = new Set<string>();
  #answers = new Map<string, Promise<boolean>>();
  #channel = new BroadcastChannel("locks");

  constructor() {
    this.#channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
      if (data.asked && this.#held.has(data.asked)) this.#channel.postMessage({ held: data.asked });
    });
  }

  /** Requests a lock as LockManager.request does, except that a shared lock is always granted. */
  async request(name: string, { mode, ifAvailable, signal }: LockOptions, act: (lock: Lock | null) => unknown): Promise<unknown> {
    const lock: Lock = { name, mode: mode ?? "exclusive" };
    if (ifAvailable) return act((await this.#isHeld(name)) ? null : lock);
    for (let pause = answerTime; ; pause = Math.min(pause * 2, longestPause)) {
      signal?.throwIfAborted();
      if (!this.#held.has(name)) {
        this.#held.add(name); // before it asks: if two pages ask at once, neither may believe that it is alone
        try {
          if (mode === "shared" || !(await this.#isElsewhere(name))) {
            signal?.throwIfAborted();
            return await act(lock);
          }
        } finally {
          this.#held.delete(name);
        }
      }
      await new Promise((again) => setTimeout(again, Math.random() * pause));
    }
  }

  /** Reports whether this page or another one holds the lock. An answer is reused for a while, since many drafts of a page are checked in a row. */
  #isHeld(name: string): boolean | Promise<boolean> {
    if (this.#held.has(name)) return true;
    const answer = this.#answers.get(name) ?? this.#isElsewhere(name);
    if (!this.#answers.has(name)) setTimeout(() => this.#answers.delete(name), 4 * answerTime);
    this.#answers.set(name, answer);
    return answer;
  }

  #isElsewhere(name: string): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (held: boolean) => {
        clearTimeout(timer);
        this.#channel.removeEventListener("message", onMessage);
        resolve(held);
      };
      const onMessage = ({ data }: MessageEvent<Message>) => {
        if (data.held === name) settle(true);
      };
      const timer = setTimeout(settle, answerTime, false);
      this.#channel.addEventListener("message", onMessage);
      this.#channel.postMessage({ asked: name });
    });
  }
}

let shared: PageLocks | undefined;

/** Returns the locks of this page. It throws if the browser has no channels. */
export const pageLocks = (): PageLocks => (shared ??= new PageLocks());
