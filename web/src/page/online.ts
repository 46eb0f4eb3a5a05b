import { observable, useObservable } from "./observable";

const online = observable(navigator.onLine);
addEventListener("online", () => (online.value = true));
addEventListener("offline", () => (online.value = false));

/** Returns whether the browser is online. */
export function useOnline(): boolean {
  return useObservable(online);
}
