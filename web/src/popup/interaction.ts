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
  return JSON.parse(document.getElementById("aside-popup")!.textContent) as Interaction;
}
