import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { landing, moved } from "./path";

/** The page's heading and its title. Who came here by a link within the page starts at it. */
export function Heading({ text, acts }: { text: string; acts?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (moved) (document.getElementById(landing) ?? heading.current)?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = text + " – Aside";
  }, [text]);
  return (
    <div class="bar">
      <h1 ref={heading} tabIndex={-1}>
        {text}
      </h1>
      {acts}
    </div>
  );
}

/** Puts the focus on a heading, when what had it has gone. Without an id, on the page's own. */
export function focusHeading(id?: string): void {
  requestAnimationFrame(() => (id ? document.getElementById(id) : document.querySelector<HTMLElement>("main h1"))?.focus());
}
