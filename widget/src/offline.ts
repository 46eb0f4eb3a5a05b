// Has the service worker (worker.ts) at hand for the next page, where the browser lets a frame have one.
import { host } from "./config";

declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(from: string): string } };
  }
}

export function employ(): void {
  const script = "/embed/worker.js";
  const workers = navigator.serviceWorker;
  if (!host || !workers || workers.controller) return;
  // The one policy that the document's CSP allows (embed.go), and the one address that it gives.
  const trusted = window.trustedTypes?.createPolicy("worker", { createScriptURL: () => script }).createScriptURL("") ?? script;
  workers.register(trusted).then(
    // It comes too late for this document.
    async () => (await caches.open("frame")).add(location.href),
    () => {},
  );
}
