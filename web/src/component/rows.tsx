import type { ComponentChildren } from "preact";

/** A list with lines between its items. */
export function Rows({ label, busy = false, children }: { label: string; busy?: boolean; children: ComponentChildren }) {
  return (
    <ul class="rows" aria-label={label} aria-busy={busy}>
      {children}
    </ul>
  );
}

interface RowProps {
  title: ComponentChildren;
  /** Details, in small text. */
  facts?: ComponentChildren;
  actions?: ComponentChildren;
  children?: ComponentChildren;
}

export function Row({ title, facts, actions, children }: RowProps) {
  return (
    <li>
      <div class="row">
        <div class="what">
          <div class="title">{title}</div>
          {facts && <div class="facts">{facts}</div>}
        </div>
        {actions && <div class="acts">{actions}</div>}
      </div>
      {children}
    </li>
  );
}

/** A table. On a narrow screen it scrolls on its own, also with the keyboard. */
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
