interface Bar {
  name: string;
  value: number;
}

const width = 720;
const height = 160;

/** A bar chart. A table next to it has the same data for screen readers. */
export function Chart({ title, bars }: { title: string; bars: Bar[] }) {
  const top = ceiling(Math.max(...bars.map(({ value }) => value)));
  const step = width / bars.length;
  const first = bars[0]!.name;
  const last = bars.at(-1)!.name;
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="quiet">up to {top.toLocaleString("en")}</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={`${title}, ${first} to ${last}; the table shows the figures`}>
        {[0.25, 0.5, 0.75, 1].map((part) => (
          <line key={part} x1="0" x2={width} y1={height * (1 - part)} y2={height * (1 - part)} />
        ))}
        {bars.map(({ name, value }, i) => (
          <rect key={name} x={i * step + step * 0.15} width={step * 0.7} y={height * (1 - value / top)} height={(height * value) / top}>
            <title>{`${name}: ${value.toLocaleString("en")}`}</title>
          </rect>
        ))}
      </svg>
      <p class="ends quiet" aria-hidden="true">
        <span>{first}</span>
        <span>{last}</span>
      </p>
    </figure>
  );
}

/** Rounds up to a round number. */
function ceiling(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 10].map((n) => n * power).find((n) => n >= value)!;
}
