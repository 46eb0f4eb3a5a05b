// One GraphQL request over HTTP, with a proof of possession each time.
import { DOCUMENT } from "./documents";
import { provenPost } from "./dpop";
import type { Note } from "./note";
import type { Session } from "./oauth";
import { Problem } from "./problem";

interface Answer<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string; current?: Note } }[];
}

/**
 * Runs an operation of the trusted document and returns its data. Throws a Problem with the first error's code; `network` where no answer came, so
 * that nobody knows whether a change arrived; `gone` where the session has ended.
 */
export async function request<T>(session: Session, operationName: string, variables: object = {}): Promise<T> {
  const body = JSON.stringify({ documentId: DOCUMENT, operationName, variables });
  const headers = { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" };
  let response: Response;
  let answer: Answer<T>;
  try {
    // keepalive lets the last save outlive the page; browsers allow it for 64 KiB.
    response = await provenPost(session.key, "/graphql", { headers, body, keepalive: body.length < 20_000 }, session.token);
    answer = response.status === 401 ? {} : await response.json();
  } catch {
    throw new Problem("network");
  }
  if (response.status === 401) throw new Problem("gone");
  const error = answer.errors?.[0];
  if (error) {
    const { code = "INTERNAL", current } = error.extensions ?? {};
    throw new Problem(code === "UNAUTHENTICATED" ? "gone" : code, error.message, current);
  }
  if (!answer.data) throw new Problem("network");
  return answer.data;
}
