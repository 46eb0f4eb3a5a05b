import { explain } from "../passkey/trouble";
import { Button } from "./button";

/** Why something failed, said aloud. The place is always there, so that what appears in it is heard. */
export function Trouble({ text }: { text: string }) {
  return (
    <p role="alert" class="trouble">
      {text}
    </p>
  );
}

/** In the place of what could not be loaded. */
export function Failed({ error, retry }: { error: unknown; retry: () => Promise<void> }) {
  return (
    <div class="failed" role="alert">
      <p>{explain(error).message}</p>
      <Button onClick={() => void retry()}>Try again</Button>
    </div>
  );
}
