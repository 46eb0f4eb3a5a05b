import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Props {
  heading: string;
  /** One sentence on what this is for. */
  about?: ComponentChildren;
  /** What can be done with all of it, beside the heading. */
  acts?: ComponentChildren;
  id?: string;
  children?: ComponentChildren;
}

/** A part of a page, under a heading that the focus can be put on when what had it goes. */
export function Section({ heading, about, acts, id, children }: Props) {
  const own = useId();
  const at = id ?? own;
  return (
    <section aria-labelledby={at}>
      <div class="bar">
        <h2 id={at} tabIndex={-1}>
          {heading}
        </h2>
        {acts}
      </div>
      {about && <p class="about">{about}</p>}
      {children}
    </section>
  );
}
