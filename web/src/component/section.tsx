import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Props {
  heading: string;
  /** One sentence about the section. */
  about?: ComponentChildren;
  /** Actions next to the heading. */
  actions?: ComponentChildren;
  id?: string;
  children?: ComponentChildren;
}

/** A section of a page. Its heading can get the focus. */
export function Section({ heading, about, actions, id, children }: Props) {
  const own = useId();
  const at = id ?? own;
  return (
    <section aria-labelledby={at}>
      <div class="bar">
        <h2 id={at} tabIndex={-1}>
          {heading}
        </h2>
        {actions}
      </div>
      {about && <p class="about">{about}</p>}
      {children}
    </section>
  );
}
