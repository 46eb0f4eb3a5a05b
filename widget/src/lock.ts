// Web Locks between the pages of one site. A browser may refuse them to a frame, in whole or in part, or never grant one:
// Firefox throws at query() in every frame of another site, and at request() where cookies of other sites are blocked.
// WebKit 2.52, which is Safari 26, ends the whole page that a frame is in when the frame asks for a lock and the page or the frame
// has a service worker (https://bugs.webkit.org/show_bug.cgi?id=314863). So WebKit is never asked: its pages tell each other.
import { loadExtras } from "./extra";

/** How long a lock is waited for. */
const patience = 2000;

/** Like LockManager.request. */
export async function request(name: string, options: LockOptions, act: (lock: Lock | null) => unknown): Promise<unknown> {
  return (/^Apple/.test(navigator.vendor) ? (await loadExtras()).pageLocks() : navigator.locks).request(name, options, act);
}

/** Does it while the lock is held, or with null where that is `ifAvailable` and isn't. Throws where the lock can't be had soon. */
function locked<T>(name: string, options: LockOptions, act: (lock: Lock | null) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = new AbortController(); // to be late is nothing to a lock that was granted
    const { signal } = late;
    signal.onabort = () => reject(signal.reason);
    setTimeout(() => late.abort(), patience);
    request(name, options.ifAvailable ? options : { ...options, signal }, (lock) => {
      if (signal.aborted) return undefined;
      const done = act(lock);
      resolve(done);
      return done;
    }).catch(reject);
  });
}

/** Holds a lock that other pages look for by isHeld; resolves to what releases it. Throws where it can't be had soon. */
export function hold(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    locked(name, { mode: "shared" }, () => new Promise<void>((release) => resolve(release))).catch(reject);
  });
}

/** Whether a page holds that lock. Where that can't be found out it may, so that nothing is taken away from it. */
export function isHeld(name: string): Promise<boolean> {
  return locked(name, { ifAvailable: true }, async (lock) => !lock).catch(() => true);
}

/** Does it while no other page does. Throws where the turn doesn't come. */
export function inTurn<T>(name: string, act: () => Promise<T>): Promise<T> {
  return locked(name, {}, act);
}
