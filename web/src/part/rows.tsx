import type { ComponentChildren } from "preact";

/** A list of things, a line between each. */
export function Rows({ label, busy = false, children }: { label: string; busy?: boolean; children: ComponentChildren }) {
  return (
    <ul class="rows" aria-label={label} aria-busy={busy}>
      {children}
    </ul>
  );
}

interface RowProps {
  title: ComponentChildren;
  /** What else is known of it, in small. */
  facts?: ComponentChildren;
  acts?: ComponentChildren;
  children?: ComponentChildren;
}

export function Row({ title, facts, acts, children }: RowProps) {
  return (
    <li>
      <div class="row">
        <div class="what">
          <div class="title">{title}</div>
          {facts && <div class="facts">{facts}</div>}
        </div>
        {acts && <div class="acts">{acts}</div>}
      </div>
      {children}
    </li>
  );
}

/** Rows of figures or of many columns; where it is narrow it scrolls by itself, with the keyboard too. */
export function Table({ caption, head, children }: { caption: string; head: ComponentChildren[]; children: ComponentChildren }) {
  return (
    <div class="scroll" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {head.map((cell, i) => (
              <th key={i} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
