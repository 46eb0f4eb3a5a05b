import type { ComponentChildren } from "preact";
import { t } from "../page/text";
import type { Query } from "../graphql/query";
import { explainError } from "../passkey/errors";
import { Button } from "./button";

/** A loading indicator. It shows only after a delay. */
export function Loading({ children = t("wait") }: { children?: ComponentChildren }) {
  return (
    <div class="loading quiet" aria-busy="true">
      <p role="status">{children}</p>
    </div>
  );
}

/** An empty state: why, and what to do first. */
export function Empty({ heading, children }: { heading: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>
        <strong>{heading}</strong>
      </p>
      {children}
    </div>
  );
}

/** Draws an answer, or a loading indicator or an error until there is one. */
export function QueryResult<Data>({ query, children }: { query: Query<Data>; children: (data: Data) => ComponentChildren }) {
  const { data, error, reload } = query;
  return (
    <>
      {error !== null && <LoadError error={error} retry={reload} />}
      {data !== null ? children(data) : error === null && <Loading />}
    </>
  );
}

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
      <Button onClick={() => void retry()}>{t("tryAgain")}</Button>
    </div>
  );
}
