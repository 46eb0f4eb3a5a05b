import type { ComponentChildren } from "preact";
import type { Known } from "../graphql/answer";
import { Failed } from "./trouble";

/** In the place of what isn't there yet; it shows only when that takes long enough to wonder. */
export function Loading({ children = "One moment…" }: { children?: ComponentChildren }) {
  return (
    <div class="loading quiet" aria-busy="true">
      <p role="status">{children}</p>
    </div>
  );
}

/** Where there is nothing: why, and what to do first. */
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

/** Draws an answer once it is there; until then that it is on its way, or why it isn't. */
export function Answered<Data>({ answer, children }: { answer: Known<Data>; children: (data: Data) => ComponentChildren }) {
  const { data, error, reload } = answer;
  return (
    <>
      {error !== null && <Failed error={error} retry={reload} />}
      {data !== null ? children(data) : error === null && <Loading />}
    </>
  );
}
