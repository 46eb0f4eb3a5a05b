import type { App } from "../app";
import { listenForKeys } from "./keyboard";
import { registerServiceWorker } from "./service_worker";

let done = false;

/** Does what the document needs once, after the first answer of the API. */
export async function afterSignIn(app: App): Promise<void> {
  if (done) return;
  done = true;
  listenForKeys(app);
  await registerServiceWorker();
}
