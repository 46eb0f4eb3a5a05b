import type { Interaction } from "./interaction";
import { t } from "./text";

/** The sign-in can't continue in this window. */
export class FatalError extends Error {
  constructor(
    readonly heading: string,
    message: string,
  ) {
    super(message);
  }
}

const timeout = 5_000;

/**
 * Asks the opener for the page that embeds it, before this window offers anything. The check fails for a page that opens the
 * popup with another page's request. Resolves to the origin that the browser reported to the opener, which equals the
 * request's; rejects with FatalError.
 */
export function identifyOpener(interaction: Interaction): Promise<string> {
  return new Promise((resolve, reject) => {
    const opener = window.opener as Window | null;
    if (!opener) {
      reject(new FatalError(t("alone"), t("aloneHow")));
      return;
    }
    const timer = setTimeout(() => {
      removeEventListener("message", receive);
      reject(new FatalError(t("noOpener"), t("noOpenerHow")));
    }, timeout);

    function receive(event: MessageEvent<unknown>): void {
      if (event.origin !== interaction.frameOrigin || event.source !== opener) return;
      const answer = event.data as Partial<Answer> | null;
      if (answer?.type !== "aside:opener" || answer.v !== 1 || answer.request_uri !== interaction.requestURI) return;
      clearTimeout(timer);
      removeEventListener("message", receive);
      if (answer.embed_origin === interaction.embedOrigin) {
        resolve(answer.embed_origin);
      } else {
        reject(new FatalError(t("stopped"), t("stoppedWhy", { requested: interaction.embedOrigin, opener: String(answer.embed_origin) })));
      }
    }

    addEventListener("message", receive);
    opener.postMessage({ type: "aside:hello", v: 1, request_uri: interaction.requestURI }, interaction.frameOrigin);
  });
}

interface Answer {
  type: "aside:opener";
  v: 1;
  request_uri: string;
  embed_origin: string;
}
