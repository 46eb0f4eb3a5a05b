// Web Locks between the pages of one site. A browser may refuse them to a frame, in whole or in part, or never grant one: Firefox
// throws at query() in every frame of another site, and at request() if cookies of other sites are blocked.
// WebKit 2.52, which is Safari 26, ends the whole page that a frame is in when the frame requests a lock and the page or the frame
// has a service worker (https://bugs.webkit.org/show_bug.cgi?id=314863). So WebKit is never asked: its pages send each other messages.
import { loadExtras } from "./lazy";

/** LockExtras is what locks need from the extras. */
export interface LockExtras {
  pageLocks(): { request(name: string, options: LockOptions, act: (lock: Lock | null) => unknown): Promise<unknown> };
}

/** How long to wait for a lock. */
const timeout = 2000;

/** Requests a lock as LockManager.request does. */
export async function requestLock(name: string, options: LockOptions, act: (lock: Lock | null) => unknown): Promise<unknown> {
  const locks = /^Apple/.test(navigator.vendor) ? (await loadExtras<LockExtras>()).pageLocks() : navigator.locks;
  return locks.request(name, options, act);
}

/** Runs the act while the lock is held; with `ifAvailable`, with null if it is taken. It throws if the lock is not granted in time. */
function runLocked<T>(name: string, options: LockOptions, act: (lock: Lock | null) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = new AbortController(); // it has no effect on a lock that was granted
    const { signal } = late;
    signal.onabort = () => reject(signal.reason);
    setTimeout(() => late.abort(), timeout);
    requestLock(name, options.ifAvailable ? options : { ...options, signal }, (lock) => {
      if (signal.aborted) return undefined;
      const done = act(lock);
      resolve(done);
      return done;
    }).catch(reject);
  });
}

/** Holds a lock that other pages can check with isLockHeld. It resolves to a function that releases it, and throws if it is not granted in time. */
export function holdLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    runLocked(name, { mode: "shared" }, () => new Promise<void>((release) => resolve(release))).catch(reject);
  });
}

/** Reports whether a page holds the lock. If the browser does not tell, it returns true, so that nothing is taken from that page. */
export function isLockHeld(name: string): Promise<boolean> {
  return runLocked(name, { ifAvailable: true }, async (lock) => !lock).catch(() => true);
}

/** Runs the act while no other page runs one under this name. It throws if the lock is not granted in time. */
export function withLock<T>(name: string, act: () => Promise<T>): Promise<T> {
  return runLocked(name, {}, act);
}
