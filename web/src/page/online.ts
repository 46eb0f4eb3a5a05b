import { live, useLive } from "./live";

const online = live(navigator.onLine);
addEventListener("online", () => (online.value = true));
addEventListener("offline", () => (online.value = false));

/** Whether the browser has a network at all. */
export function useOnline(): boolean {
  return useLive(online);
}
