import { Copy } from "./copy";

/** One value to be copied, in a line. `of` says what it is. */
export function Value({ text, of }: { text: string; of: string }) {
  return (
    <span class="value">
      <code>{text}</code>
      <Copy text={text} of={of} />
    </span>
  );
}
