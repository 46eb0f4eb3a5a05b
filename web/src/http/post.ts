/** The server understood and said no; its message is written for the person who reads it. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** No answer came at all: offline, cut off or too slow. The server may or may not have acted. */
export class Unreachable extends Error {}

const patience = 15_000;

/**
 * Posts JSON to our own origin, with its cookie, and gives back the JSON of the answer.
 * Throws Refused for an error answer, Unreachable where there is none.
 */
export async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  let response: Response;
  let answer: unknown;
  try {
    // The mode stays "cors": under this page's no-referrer policy "same-origin" would send `Origin: null` (Fetch, "append a
    // request Origin header"), which the server's cross-origin protection takes for a stranger.
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(patience),
    });
    answer = await response.json().catch((error: unknown) => {
      if (error instanceof SyntaxError) return null; // a proxy's own error page
      throw error;
    });
  } catch (cause) {
    throw new Unreachable("no answer", { cause });
  }
  if (response.ok && answer !== null) return answer as Answer;
  const refusal = (answer as { error?: { code?: string; message?: string } } | null)?.error;
  throw new Refused(
    refusal?.code ?? "internal",
    refusal?.message ?? "Something went wrong at our end. Nothing was lost; please try again.",
  );
}
