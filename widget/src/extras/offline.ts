// Has the service worker (worker.ts) at hand for the next page, where the browser lets a frame have one.
import { host } from "../shared";

declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(from: string): string } };
  }
}

let registered = false;

/** Once for a document, whoever signs in: there is one policy of a name. Where it cannot be had, all else goes on. */
export async function registerServiceWorker(): Promise<void> {
  if (registered) return;
  registered = true;
  const script = "/embed/worker.js";
  const workers = navigator.serviceWorker;
  if (!host || !workers || workers.controller) return;
  // The one policy that the document's CSP allows (embed.go), and the one address that it gives.
  const trusted = window.trustedTypes?.createPolicy("worker", { createScriptURL: () => script }).createScriptURL("") ?? script;
  try {
    await workers.register(trusted);
    await (await caches.open("frame")).add(location.href); // it comes too late for this document
  } catch {
    // A browser that keeps nothing.
  }
}
