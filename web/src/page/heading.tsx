import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { focusId, navigated } from "./navigation";

/** The page's heading and title. It gets the focus after a link within the page. */
export function Heading({ text, actions }: { text: string; actions?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (navigated) (document.getElementById(focusId) ?? heading.current)?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = text + " – Aside";
  }, [text]);
  return (
    <div class="bar">
      <h1 ref={heading} tabIndex={-1}>
        {text}
      </h1>
      {actions}
    </div>
  );
}

/** Moves the focus to a heading after the focused element was removed: the page's heading, unless there is an id. */
export function focusHeading(id?: string): void {
  requestAnimationFrame(() => (id ? document.getElementById(id) : document.querySelector<HTMLElement>("main h1"))?.focus());
}

/** Moves the focus to a heading if the focused element was removed, at a moment that the person didn't choose. */
export function restoreFocus(id: string): void {
  requestAnimationFrame(() => document.activeElement === document.body && document.getElementById(id)?.focus());
}
