/** What the server put into the page about the tenant's request, which waits for a decision. */
export interface Interaction {
  id: string;
  requestURI: string;
  embedOrigin: string;
  frameOrigin: string;
  responseMode: "web_message" | "query";
  /** Whose account session this browser holds; "" for none. */
  displayName: string;
}

/** Reads the page's data block. */
export function readInteraction(): Interaction {
  const interaction = JSON.parse(document.getElementById("aside-popup")!.textContent) as Interaction;
  interaction.displayName = unmasked(interaction.displayName);
  return interaction;
}

/** The text under a mask (web/masked.go). */
function unmasked(masked: string): string {
  const both = atob(masked);
  const half = both.length / 2;
  return new TextDecoder().decode(Uint8Array.from({ length: half }, (_, i) => both.charCodeAt(i) ^ both.charCodeAt(half + i)));
}
