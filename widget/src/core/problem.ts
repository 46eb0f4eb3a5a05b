import type { Note } from "./note";

/**
 * Problem is a failure, by the code of who refused: an OAuth error (RFC 6749), a GraphQL extensions.code, or one of ours: `network`
 * (no answer, or none that we understand; a server's error page is `INTERNAL`), `gone` (the session has ended), `popup_…`, `stale`.
 */
export class Problem extends Error {
  declare readonly code: string;
  /** With CONFLICT: the note as it is now. */
  declare readonly current: Note | undefined;
  /** How many milliseconds the server asks us to wait. */
  declare readonly wait: number;

  constructor(code: string, message = "", current?: Note, wait = 0) {
    super(message);
    this.code = code;
    this.current = current;
    this.wait = wait;
  }
}

/** Returns anything that was thrown as a Problem. */
export function problemOf(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem("INTERNAL", String(thrown));
}

/** Reports whether a failure with this code may pass by itself: there was no network, or the server could not answer. */
export function isTemporary(code: string): boolean {
  return /^(network|INTERNAL|RATE_LIMITED)$/.test(code);
}
