import { Problem } from "./core/problem";

/**
 * Reloads the page: there is a new release, and the server no longer has what this page needs. What was not sent is stored for the new
 * page. During a rollout that may happen more than once, but not in quick succession.
 */
export function reload(): never {
  if (performance.now() > 10_000) location.reload();
  throw new Problem("network");
}
