import type { ComponentChildren } from "preact";

/** Settings as text, for viewers, who can change none. */
export function Settings({ list }: { list: [name: string, value: ComponentChildren][] }) {
  return (
    <dl class="values">
      {list.map(([name, value]) => (
        <>
          <dt key={name}>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}
