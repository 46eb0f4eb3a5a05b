import { config, t, type Messages } from "./config";
import type { Note } from "./note";

/**
 * Anything that failed, by the code of who refused: an OAuth error (RFC 6749), a GraphQL extensions.code, or one of ours:
 * `network` (no answer, or none that we understand; a server's error page is `INTERNAL`), `gone` (the session is no more), `popup_…`, `stale`. The catalog
 * has a sentence under the code itself.
 */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message = "",
    /** With CONFLICT: the note as it is now. */
    readonly current?: Note,
    /** How many milliseconds the server wants to be left alone. */
    readonly wait = 0,
  ) {
    super(message);
  }
}

/** Whatever was thrown, as a Problem. */
export function problemOf(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem("INTERNAL", String(thrown));
}

/** Whether what failed so is worth another try by itself: for want of a network, or of a server that can. */
export function passes(code: string): boolean {
  return /^(network|INTERNAL|RATE_LIMITED)$/.test(code);
}

/** What a code means, in a sentence that holds nothing of anybody's. */
export function meaning(code: string): string {
  return t(code in config.messages ? (code as keyof Messages) : "INTERNAL");
}

/** A sentence for the person in front of it. Only BAD_USER_INPUT is answered with words about what they wrote. */
export function sentence({ code, message }: Problem): string {
  return (code === "BAD_USER_INPUT" && message) || meaning(code);
}
