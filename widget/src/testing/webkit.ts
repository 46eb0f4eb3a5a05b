// A frame in WebKit, for tests: it has channels between pages, and Web Locks that end the page.
import "./frame";
import { config } from "../config";
import { pageLocks } from "../extras/page_locks";

/** A channel that does not keep Node running. */
class Channel extends BroadcastChannel {
  constructor(name: string) {
    super(name);
    (this as unknown as { unref(): void }).unref();
  }
}

/** Makes the browser WebKit. It returns how often its locks were requested. */
export function installWebKit(): () => number {
  let requests = 0;
  const value = {
    vendor: "Apple Computer, Inc.",
    get locks() {
      requests++;
      return undefined;
    },
  };
  Object.defineProperty(globalThis, "navigator", { configurable: true, value });
  Object.assign(globalThis, { BroadcastChannel: Channel, pageLocks });
  // This module stands for the extras and exports what is tested of them.
  config.extras = "data:text/javascript,export const messages = {}; export const extras = globalThis;";
  return () => requests;
}
