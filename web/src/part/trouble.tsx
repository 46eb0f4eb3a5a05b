import { explain } from "../passkey/trouble";
import { Button } from "./button";

/** An error message that screen readers announce. The element always exists, so that new text is announced. */
export function Trouble({ text }: { text: string }) {
  return (
    <p role="alert" class="trouble">
      {text}
    </p>
  );
}

/** An error with a retry, instead of data that could not be loaded. */
export function Failed({ error, retry }: { error: unknown; retry: () => Promise<void> }) {
  return (
    <div class="failed" role="alert">
      <p>{explain(error).message}</p>
      <Button onClick={() => void retry()}>Try again</Button>
    </div>
  );
}
