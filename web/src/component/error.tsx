import { explainError } from "../passkey/errors";
import { Button } from "./button";

/** An error message that screen readers announce. The element always exists, so that new text is announced. */
export function ErrorMessage({ text }: { text: string }) {
  return (
    <p role="alert" class="trouble">
      {text}
    </p>
  );
}

/** An error with a retry, instead of data that could not be loaded. */
export function LoadError({ error, retry }: { error: unknown; retry: () => Promise<void> }) {
  return (
    <div class="failed" role="alert">
      <p>{explainError(error).message}</p>
      <Button onClick={() => void retry()}>Try again</Button>
    </div>
  );
}
