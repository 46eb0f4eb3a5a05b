import type { ComponentChildren } from "preact";
import type { Query } from "../graphql/query";
import { LoadError } from "./error";

/** A loading indicator. It shows only after a delay. */
export function Loading({ children = "One moment…" }: { children?: ComponentChildren }) {
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
