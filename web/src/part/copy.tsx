import { useState } from "preact/hooks";
import { Button } from "./button";
import { say } from "./toast";

/** Copies a text and says so. `of` names the text for screen readers. */
export function Copy({ text, of }: { text: string; of: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      say("Copied");
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      say("Your browser doesn’t let this page copy. Select the text and copy it yourself.");
    }
  };
  return (
    <Button kind="plain" label={(copied ? "Copied " : "Copy ") + of} onClick={() => void copy()}>
      {copied ? "Copied" : "Copy"}
    </Button>
  );
}
