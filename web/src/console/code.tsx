import type { ComponentChildren } from "preact";
import { CopyableText, CopyButton } from "../component/copy";

/** A block of text to copy into a file or a shell. `of` says what it is. */
export function Code({ text, of }: { text: string; of: string }) {
  return (
    <div class="snippet">
      <pre role="region" aria-label={of} tabIndex={0}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} of={of} />
    </div>
  );
}

/** A secret that is shown only once. */
export function Secret({ text, of, children }: { text: string; of: string; children?: ComponentChildren }) {
  return (
    <div class="secret" role="status">
      <p>
        <strong>Copy it now. It won’t be shown again.</strong>
      </p>
      <CopyableText text={text} of={of} />
      {children}
    </div>
  );
}
