// Registers the service worker (worker.ts) for the next page, if the browser allows a frame to have one.
import { host } from "../shared";

declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(from: string): string } };
  }
}

/** Registers it; to be called once for each document, since a policy can be created once only. Without it, everything else works. */
export async function registerServiceWorker(): Promise<void> {
  const script = "/embed/worker.js";
  const workers = navigator.serviceWorker;
  if (!host || !workers || workers.controller) return;
  // This is the only policy that the CSP of the document allows (frame.go), and its only URL.
  const scriptURL = window.trustedTypes?.createPolicy("worker", { createScriptURL: () => script }).createScriptURL("") ?? script;
  try {
    await workers.register(scriptURL);
    await (await caches.open("frame")).add(location.href); // for this document it comes too late
  } catch {
    // The browser stores nothing.
  }
}
