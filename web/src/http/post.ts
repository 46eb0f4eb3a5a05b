/** The server refused the request. The message is in English; passkey/errors.ts says the same in the language of the page. */
export class RefusedError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly detail: RefusalDetail = {},
  ) {
    super(message);
  }
}

/** Further details of a refusal. */
export interface RefusalDetail {
  /** With BAD_USER_INPUT: the name of the field. */
  field?: string;
  /** What is missing or in the way, if it is not the field itself. */
  reason?: string | undefined;
  /** With CONFLICT: the current object with the requested fields. */
  current?: unknown;
  /** The id of the request in the server's log. */
  reference?: string | undefined;
  /** In how many seconds the server wants to be asked again. */
  wait?: number | undefined;
}

/** No complete response: offline, disconnected or timed out. The server may or may not have acted. */
export class UnreachableError extends Error {}

const timeout = 15_000;

/** Posts JSON to our own origin with its cookie. Throws UnreachableError without a response. */
export async function sendJSON(path: string, body: unknown): Promise<Response> {
  const text = JSON.stringify(body);
  try {
    // The mode stays "cors": with this page's no-referrer policy "same-origin" would send `Origin: null` (Fetch, "append a
    // request Origin header"), which the server's cross-origin protection refuses.
    return await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: text,
      redirect: "error",
      signal: AbortSignal.timeout(timeout),
      keepalive: text.length < 20_000, // for a save while the page closes; browsers allow up to 64 KiB
    });
  } catch (cause) {
    throw new UnreachableError("no answer", { cause });
  }
}

/** Returns a response's JSON, or null for anything else, such as a proxy's error page. Throws UnreachableError if it breaks off. */
export async function readJSON(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw new UnreachableError("half an answer", { cause });
  }
}

/** Posts JSON and returns the response's JSON. Throws RefusedError for an error response, UnreachableError without a response. */
export async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const response = await sendJSON(path, body);
  const answer = await readJSON(response);
  if (response.ok && answer !== null) return answer as Answer;
  throw parseRefusal(answer, response);
}

/** Returns the error in a response of our endpoints, as package auth writes it. */
export function parseRefusal(answer: unknown, response: Response): RefusedError {
  const error = (answer as { error?: { code?: string; message?: string } } | null)?.error;
  return new RefusedError(error?.code ?? "internal", error?.message ?? "", responseDetail(response));
}

/** Returns a function that throws an error again, a refusal with the code `from` as one with the code `to`, which has a sentence of its own. */
export const recodeRefusal =
  (from: string, to: string) =>
  (error: unknown): never => {
    throw error instanceof RefusedError && error.code === from ? new RefusedError(to, error.message, error.detail) : error;
  };

/** Returns what the headers of an error response say about it. */
export function responseDetail({ headers }: Response): RefusalDetail {
  return { reference: headers.get("X-Request-Id") ?? undefined, wait: Number(headers.get("Retry-After")) || undefined };
}
