// Web Locks for tests, which can refuse, or never answer, as in some browsers.

/** LockBehavior is how the browser treats a frame of another site. */
export type LockBehavior = "grants" | "throws" | "refuses" | "hangs" | "is missing";

interface Options {
  mode?: "shared" | "exclusive";
  ifAvailable?: boolean;
  signal?: AbortSignal;
}

type Callback = (lock: object | null) => unknown;

/** Locks are the locks that the pages of one site hold. */
export class Locks {
  behavior: LockBehavior = "grants";
  #held = new Map<string, Set<object>>();
  #queue: (() => void)[] = [];

  /** Installs these as navigator.locks. query() throws, as Firefox's does in a frame of another site. */
  install(): void {
    const { behavior } = this;
    Object.defineProperty(globalThis, "navigator", {
      configurable: true,
      value: { locks: behavior === "is missing" ? undefined : { request: this.#request, query: () => Promise.reject(new DOMException("query", "SecurityError")) } },
    });
  }

  /** Reports whether anybody holds the lock. */
  isHeld(name: string): boolean {
    return !!this.#held.get(name)?.size;
  }

  #request = (name: string, ...rest: [Callback] | [Options, Callback]): Promise<unknown> => {
    const act = rest.pop() as Callback;
    const { mode = "exclusive", ifAvailable, signal } = (rest[0] ?? {}) as Options;
    const refusal = new DOMException("no locks here", "SecurityError");
    if (this.behavior === "throws") throw refusal;
    if (this.behavior === "refuses") return Promise.reject(refusal);
    if (this.behavior === "hangs") return new Promise(() => {});
    return new Promise((resolve, reject) => {
      const attempt = () => {
        const holders = this.#held.get(name) ?? new Set<Options>();
        const free = !holders.size || (mode === "shared" && [...holders].every((other) => (other as Options).mode === "shared"));
        if (!free && !ifAvailable) return void this.#queue.push(attempt);
        if (!free) return resolve(Promise.resolve(act(null)));
        const lock = { name, mode };
        this.#held.set(name, holders.add(lock));
        Promise.resolve()
          .then(() => act(lock))
          .then(resolve, reject)
          .finally(() => {
            holders.delete(lock);
            this.#queue.splice(0).forEach((next) => next());
          });
      };
      signal?.addEventListener("abort", () => reject(signal.reason));
      attempt();
    });
  };
}
