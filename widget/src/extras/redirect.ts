// Signing in where this is a page of its own: by plain redirect, the code comes back in the query.
import type { AuthorizationResponse, Session } from "../session";
import { config, forget, frameKey, keep, Problem, recall } from "../shared";
import { answers, authorizeURL, push, redeem, type Attempt } from "./oauth";

/** Leaves this page for A's sign-in. Throws a Problem where the request could not be pushed. */
export async function signInByRedirect(): Promise<void> {
  const attempt = await push("query", config.frameOrigin, await frameKey(), "");
  await keep("attempt " + attempt.state, attempt);
  location.assign(authorizeURL(attempt));
}

/**
 * The session that the response yields. Throws a Problem: `stale` where this browser did not start that sign-in, else what
 * was refused.
 */
export async function finishRedirect(response: AuthorizationResponse): Promise<Session> {
  const attempt = response.state ? await recall<Attempt>("attempt " + response.state, undefined, 10_000) : undefined; // else it was for nothing
  await forget("attempt "); // and those that were given up halfway
  if (!attempt || !answers(attempt, response)) throw new Problem("stale");
  return redeem(attempt, response);
}
