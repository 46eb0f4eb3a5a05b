// Loads end-to-end encryption, for a person who has turned it on.
import type { SealedRequests } from "../sealed/requests";
import { config, Problem } from "../shared";

interface Encryption {
  openTenantKey(jwe: string, pair: CryptoKeyPair, requestURI: string, tenant: string): Promise<CryptoKey>;
  SealedRequests: typeof SealedRequests;
  messages: object;
}

let load: () => Promise<Encryption>;

/** Sets the function that loads the module in the language of the page. */
export function setEncryption(loader: () => Promise<Encryption>): void {
  load = loader;
}

/** Loads the module and its texts. It throws the Problem `network` if that fails. The caller can try again. */
export async function loadEncryption(): Promise<Encryption> {
  const loaded = await load().catch(() => {
    throw new Problem("network");
  });
  Object.assign(config.messages, loaded.messages);
  return loaded;
}
