// GraphQL requests over HTTP, each with a proof of possession.
import { config, t, type Messages } from "./config";
import { retryAfter } from "./core/changes";
import type { Note } from "./core/note";
import { Problem } from "./core/problem";
import documentId from "./documents.graphql";
import { postWithProof } from "./dpop";
import { reload } from "./release";
import type { Session } from "./session";

interface ResponseBody<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string; field?: string; reason?: string; current?: Note } }[];
}

/** Sends an operation of the trusted document, with a proof. It throws what fetch throws. */
export function sendOperation(session: Session, operationName: string, variables: object, { accept, signal }: { accept: string; signal?: AbortSignal }): Promise<Response> {
  const body = JSON.stringify({ documentId, operationName, variables });
  const headers = { "Content-Type": "application/json", Accept: accept };
  // With keepalive the last save outlives the page; browsers allow it up to 64 KiB.
  return postWithProof(session.key, "/graphql", { headers, body, keepalive: !signal && body.length < 20_000, ...(signal && { signal }) }, session.token);
}

/**
 * Runs an operation of the trusted document and returns its data. It throws a Problem with the code of the first error; `network` if
 * there was no answer, so that the change may have arrived or not; `INTERNAL` if our server, or one in between, could not answer; `gone`
 * if the session has ended.
 */
export async function request<T>(session: Session, operationName: string, variables: object = {}): Promise<T> {
  const response = await sendOperation(session, operationName, variables, { accept: "application/graphql-response+json" }).catch(() => {
    throw new Problem("network");
  });
  const { ok, status } = response;
  if (status === 401) throw new Problem("gone");
  const answer: ResponseBody<T> | null = await response.json().catch(() => null);
  const error = answer?.errors?.[0];
  if (error || !answer?.data) {
    const { code, field, reason, current } = error?.extensions ?? {};
    if (field === "documentId") reload();
    // The status of a server in trouble counts more than the error in its answer.
    const failureCode = status >= 500 || status === 429 ? (code === "RATE_LIMITED" ? code : "INTERNAL") : error ? (code ?? "INTERNAL") : "network";
    throw new Problem(failureCode === "UNAUTHENTICATED" ? "gone" : failureCode, reason! in config.messages ? t(reason as keyof Messages) : error?.message, current, ok ? 0 : retryAfter(response));
  }
  return answer.data;
}
