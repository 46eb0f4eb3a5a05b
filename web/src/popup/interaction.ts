import type { Account, CeremonyResult, Kind } from "../passkey/ceremony_result";

/** The tenant's pending request, which the server put into the page. */
export interface Interaction {
  id: string;
  requestURI: string;
  embedOrigin: string;
  frameOrigin: string;
  responseMode: "web_message" | "query";
  /** The name of the signed-in account; "" for none. */
  displayName: string;
}

/** Reads the page's data block. */
export function readInteraction(): Interaction {
  const interaction = JSON.parse(document.getElementById("aside-popup")!.textContent) as Interaction;
  interaction.displayName = unmask(interaction.displayName);
  return interaction;
}

/** Returns the text of a masked value (web/masked.go). */
function unmask(masked: string): string {
  const both = atob(masked);
  const half = both.length / 2;
  return new TextDecoder().decode(Uint8Array.from({ length: half }, (_, i) => both.charCodeAt(i) ^ both.charCodeAt(half + i)));
}

/**
 * What the popup passes to the modules that it loads later (extras.ts). They are a bundle of their own: the popup would not recognize
 * errors of another copy of RefusedError.
 */
export interface PopupModules extends Pick<typeof import("../http/post"), "post" | "sendJSON" | "readJSON" | "responseDetail" | "RefusedError"> {
  runCeremony(kind: Kind, onPrompt: () => void, body?: object): Promise<CeremonyResult>;
  finishCeremony(result: CeremonyResult): Promise<Account>;
  onPrompt(): void;
  interaction: Interaction;
}
