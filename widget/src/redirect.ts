// Signing in where this is a page of its own: by plain redirect, the code comes back in the query.
import { config, pageURL } from "./config";
import { frameKey } from "./dpop";
import { answers, authorizeURL, push, redeem, type Attempt, type Session } from "./oauth";
import { Problem } from "./problem";
import { forget, keep, recall } from "./store";

/** Leaves this page for A's sign-in. Throws a Problem where the request could not be pushed. */
export async function signInByRedirect(): Promise<void> {
  const attempt = await push("query", config.frameOrigin, await frameKey(), "");
  await keep("attempt " + attempt.state, attempt);
  location.assign(authorizeURL(attempt));
}

/**
 * The session that an authorization response in this page's address yields, undefined where there is none.
 * Throws a Problem: `stale` where this browser did not start that sign-in, else what was refused.
 */
export async function finishRedirect(): Promise<Session | undefined> {
  const query = new URLSearchParams(location.search);
  const state = query.get("state");
  if (!state) return undefined;
  // Out of the address bar and the history before anything else happens: a code is for one use.
  history.replaceState(null, "", pageURL);
  const attempt = await recall<Attempt>("attempt " + state, undefined, 10_000); // without it the sign-in was for nothing
  await forget("attempt "); // and those that were given up halfway
  const response = { state, iss: query.get("iss"), code: query.get("code"), error: query.get("error") };
  if (!attempt || !answers(attempt, response)) throw new Problem("stale");
  return redeem(attempt, response);
}
