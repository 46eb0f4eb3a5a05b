import { live, useLive } from "./live";

const online = live(navigator.onLine);
addEventListener("online", () => (online.value = true));
addEventListener("offline", () => (online.value = false));

/** Returns whether the browser is online. */
export function useOnline(): boolean {
  return useLive(online);
}
