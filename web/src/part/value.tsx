import { Copy } from "./copy";

/** A value with a Copy button. `of` says what it is. */
export function Value({ text, of }: { text: string; of: string }) {
  return (
    <span class="value">
      <code>{text}</code>
      <Copy text={text} of={of} />
    </span>
  );
}
