import { readJSON, RefusedError, sendJSON } from "../http/post";
import { withConfirmation } from "../session/confirm";

export interface Answer {
  status: number;
  milliseconds: number;
  body: unknown;
}

interface Errors {
  errors?: { message: string; extensions?: { code?: string; reason?: string } }[];
}

/** Runs an operation as the person who is signed in, and returns the answer, errors included. It asks for a confirmation if one is needed. */
export function run(query: string, variables: unknown): Promise<Answer> {
  return withConfirmation(async () => {
    const started = performance.now();
    const response = await sendJSON("/graphql", { query, variables });
    const body = await readJSON(response);
    const { message = "", extensions } = (body as Errors | null)?.errors?.[0] ?? {};
    if (extensions?.reason === "confirmation_required") throw new RefusedError(extensions.reason, message);
    if (extensions?.code === "UNAUTHENTICATED") throw new RefusedError(extensions.code, message);
    return { status: response.status, milliseconds: Math.round(performance.now() - started), body };
  });
}
