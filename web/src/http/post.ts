/** The server refused the request. The message is written for the user. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly detail: Detail = {},
  ) {
    super(message);
  }
}

/** Further details of a refusal. */
export interface Detail {
  /** With BAD_USER_INPUT: the name of the field. */
  field?: string;
  /** With CONFLICT: the current object with the requested fields. */
  current?: unknown;
}

/** No complete response: offline, disconnected or timed out. The server may or may not have acted. */
export class Unreachable extends Error {}

/** The message for an error without one. */
export const sorry = "Something went wrong on our end. Please try again.";

const timeout = 15_000;

/** Posts JSON to our own origin with its cookie. Throws Unreachable without a response. */
export async function send(path: string, body: unknown): Promise<Response> {
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
    throw new Unreachable("no answer", { cause });
  }
}

/** Returns a response's JSON, or null for anything else, such as a proxy's error page. Throws Unreachable if it breaks off. */
export async function read(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw new Unreachable("half an answer", { cause });
  }
}

/** Posts JSON and returns the response's JSON. Throws Refused for an error response, Unreachable without a response. */
export async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const response = await send(path, body);
  const answer = await read(response);
  if (response.ok && answer !== null) return answer as Answer;
  throw refusal(answer);
}

/** Returns the error in a response of our endpoints, as package auth writes it. */
export function refusal(answer: unknown): Refused {
  const error = (answer as { error?: { code?: string; message?: string } } | null)?.error;
  return new Refused(error?.code ?? "internal", error?.message ?? sorry);
}
