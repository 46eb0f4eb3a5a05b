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
