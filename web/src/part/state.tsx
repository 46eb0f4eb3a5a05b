import type { ComponentChildren } from "preact";
import type { Known } from "../graphql/answer";
import { Failed } from "./trouble";

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
export function Answered<Data>({ answer, children }: { answer: Known<Data>; children: (data: Data) => ComponentChildren }) {
  const { data, error, reload } = answer;
  return (
    <>
      {error !== null && <Failed error={error} retry={reload} />}
      {data !== null ? children(data) : error === null && <Loading />}
    </>
  );
}
