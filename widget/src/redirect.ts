// Signing in where this is a page of its own: by plain redirect, the code comes back in the query.
import { config, pageURL } from "./config";
import { frameKey } from "./dpop";
import { answers, authorizeURL, push, redeem, type Attempt, type AuthorizationResponse, type Session } from "./oauth";
import { Problem } from "./problem";
import { forget, keep, recall } from "./store";

/** Leaves this page for A's sign-in. Throws a Problem where the request could not be pushed. */
export async function signInByRedirect(): Promise<void> {
  const attempt = await push("query", config.frameOrigin, await frameKey(), "");
  await keep("attempt " + attempt.state, attempt);
  location.assign(authorizeURL(attempt));
}

/**
 * The authorization response that stands in this page's address, if any part of one does. It is taken out of the address
 * bar and the history before anything else happens, whatever comes of it: a code is for one use.
 */
export function takeResponse(): AuthorizationResponse | undefined {
  if (!/[?&](state|iss|code|error)=/.test(location.search)) return undefined;
  const response = Object.fromEntries(new URLSearchParams(location.search));
  history.replaceState(null, "", pageURL);
  return response;
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
