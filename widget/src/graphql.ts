// One GraphQL request over HTTP, with a proof of possession each time.
import documentId from "./documents.graphql";
import { provenPost } from "./dpop";
import type { Note } from "./note";
import type { Session } from "./session";
import { Problem } from "./problem";

interface Answer<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string; field?: string; current?: Note } }[];
}

/** Asks for an operation of the trusted document, with a proof. Throws what post throws. */
export function ask(session: Session, operationName: string, variables: object, { accept, signal }: { accept: string; signal?: AbortSignal }): Promise<Response> {
  const body = JSON.stringify({ documentId, operationName, variables });
  const headers = { "Content-Type": "application/json", Accept: accept };
  // keepalive lets the last save outlive the page; browsers allow it for 64 KiB.
  return provenPost(session.key, "/graphql", { headers, body, keepalive: !signal && body.length < 20_000, ...(signal && { signal }) }, session.token);
}

/**
 * This document is of a release that the server has left behind: there is a new one, and what was not sent is kept for it. While
 * some servers are still of the old release, that may take a few turns, but not in a hurry.
 */
function renew(): never {
  if (performance.now() > 10_000) location.reload();
  throw new Problem("network");
}

/** The milliseconds of Retry-After, in seconds or as a date (RFC 9110 §10.2.3), but no more than five minutes. */
export function retryAfter({ headers }: Response): number {
  const after = headers.get("Retry-After") ?? "";
  return Math.min(Math.max(Number(after) * 1000 || Date.parse(after) - Date.now() || 0, 0), 300_000);
}

/**
 * Runs an operation of the trusted document and returns its data. Throws a Problem with the first error's code; `network` where
 * no answer came, so that nobody knows whether a change arrived; `INTERNAL` where one came of a server that can't, be it ours or
 * one in between; `gone` where the session has ended.
 */
export async function request<T>(session: Session, operationName: string, variables: object = {}): Promise<T> {
  const response = await ask(session, operationName, variables, { accept: "application/graphql-response+json, application/json" }).catch(() => {
    throw new Problem("network");
  });
  const { ok, status } = response;
  if (status === 401) throw new Problem("gone");
  const answer: Answer<T> | null = await response.json().catch(() => null);
  const error = answer?.errors?.[0];
  if (error || !answer?.data) {
    const { code, field, current } = error?.extensions ?? {};
    if (field === "documentId") renew();
    // A server that is in trouble has the last word, whatever it says of the request.
    const trouble = status >= 500 || status === 429 ? (code === "RATE_LIMITED" ? code : "INTERNAL") : error ? (code ?? "INTERNAL") : "network";
    throw new Problem(trouble === "UNAUTHENTICATED" ? "gone" : trouble, error?.message, current, ok ? 0 : retryAfter(response));
  }
  return answer.data;
}
