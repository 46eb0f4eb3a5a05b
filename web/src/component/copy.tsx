import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { t } from "../page/text";
import { Button } from "./button";
import { showToast } from "./toast";

/** Copies a text and says so. `of` names the text for screen readers. */
export function CopyButton({ text, of }: { text: string; of: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      showToast(t("copied"));
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      showToast(t("cannotCopy"));
    }
  };
  return (
    <Button kind="plain" label={t(copied ? "copiedNamed" : "copyNamed", { of })} onClick={() => void copy()}>
      {t(copied ? "copied" : "copy")}
    </Button>
  );
}

/** A value with a Copy button. `of` says what it is. */
export function CopyableText({ text, of }: { text: string; of: string }) {
  return (
    <span class="value">
      <code>{text}</code>
      <CopyButton text={text} of={of} />
    </span>
  );
}

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
        <strong>{t("copyNow")}</strong>
      </p>
      <CopyableText text={text} of={of} />
      {children}
    </div>
  );
}
