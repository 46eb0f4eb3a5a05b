// What WebKit gives a frame, for tests: channels between pages, and Web Locks that end the page.
import "./frame";
import { config } from "../config";
import { pageLocks } from "../extras/locks";

/** A channel that doesn't keep Node from ending. */
class Channel extends BroadcastChannel {
  constructor(name: string) {
    super(name);
    (this as unknown as { unref(): void }).unref();
  }
}

/** Has the browser be WebKit. Returns how often it was asked for its locks. */
export function installWebKit(): () => number {
  let asked = 0;
  const value = {
    vendor: "Apple Computer, Inc.",
    get locks() {
      asked++;
      return undefined;
    },
  };
  Object.defineProperty(globalThis, "navigator", { configurable: true, value });
  Object.assign(globalThis, { BroadcastChannel: Channel, pageLocks });
  // The extras are a module apart; this one gives what of them is tested.
  config.extras = "data:text/javascript,export const messages = {}; export const { pageLocks } = globalThis;";
  return () => asked;
}
