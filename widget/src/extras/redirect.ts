// Signing in on a page of its own: by a plain redirect, with the code in the query.
import type { Attempt, AuthorizationResponse, Session } from "../session";
import { config, remove, frameKey, save, Problem, load } from "../shared";
import { answersAttempt, authorizeURL, push, redeem } from "./oauth";

/** Leaves this page for the sign-in. It throws a Problem if the request cannot be pushed. */
export async function signInByRedirect(): Promise<void> {
  const attempt = await push("query", config.frameOrigin, await frameKey(), "");
  await save("attempt " + attempt.state, attempt);
  location.assign(authorizeURL(attempt));
}

/**
 * Redeems the response. It throws a Problem: `stale` if this browser did not start that sign-in, otherwise the reason for the refusal.
 */
export async function finishRedirect(response: AuthorizationResponse): Promise<Session> {
  const attempt = response.state ? await load<Attempt>("attempt " + response.state, undefined, 10_000) : undefined;
  await remove("attempt "); // abandoned ones, too
  if (!attempt || !answersAttempt(attempt, response)) throw new Problem("stale");
  return redeem(attempt, response);
}
