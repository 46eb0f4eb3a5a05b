/** The server understood and said no; its message is written for the person who reads it. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly detail: Detail = {},
  ) {
    super(message);
  }
}

/** What else the API says of a refusal. */
export interface Detail {
  /** With BAD_USER_INPUT: which field. */
  field?: string;
  /** With CONFLICT: the thing as it is now, with the fields that were asked for. */
  current?: unknown;
}

/** No answer came at all: offline, cut off or too slow. The server may or may not have acted. */
export class Unreachable extends Error {}

/** What is said of a failure that nobody put in words. */
export const sorry = "Something went wrong on our end. Please try again.";

const timeout = 15_000;

/** Posts JSON to our own origin, with its cookie. Throws Unreachable where no answer came. */
export async function send(path: string, body: unknown): Promise<Response> {
  const text = JSON.stringify(body);
  try {
    // The mode stays "cors": under this page's no-referrer policy "same-origin" would send `Origin: null` (Fetch, "append a
    // request Origin header"), which the server's cross-origin protection takes for a stranger.
    return await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: text,
      redirect: "error",
      signal: AbortSignal.timeout(timeout),
      keepalive: text.length < 20_000, // the last save outlives the page; browsers allow it for 64 KiB
    });
  } catch (cause) {
    throw new Unreachable("no answer", { cause });
  }
}

/** The JSON of an answer, null where it is none: a proxy's own error page. Throws Unreachable where the answer breaks off. */
export async function read(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw new Unreachable("half an answer", { cause });
  }
}

/**
 * Posts JSON and gives back the JSON of the answer. Throws Refused for an error answer, Unreachable where there is none.
 */
export async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const response = await send(path, body);
  const answer = await read(response);
  if (response.ok && answer !== null) return answer as Answer;
  throw refusal(answer);
}

/** The error of an answer of our endpoints, as package auth writes them. */
export function refusal(answer: unknown): Refused {
  const error = (answer as { error?: { code?: string; message?: string } } | null)?.error;
  return new Refused(error?.code ?? "internal", error?.message ?? sorry);
}
