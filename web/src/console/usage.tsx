import { useMemo, useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { Heading } from "../page/heading";
import { Button } from "../component/button";
import { Choice } from "../component/field";
import { Table } from "../component/rows";
import { QueryResult, Empty } from "../component/state";
import { USAGE_BY_DAY, USAGE_BY_MONTH, type Usage } from "./documents";
import { saveCSV } from "../component/download";
import type { TenantPageProps } from "./tenant_page";

type Figure = "activeUsers" | "notes" | "operations";

const figures: Record<Figure, string> = { activeUsers: "Active users", operations: "Operations", notes: "Notes" };

interface Span {
  value: string;
  label: string;
  by: "day" | "month";
  /** The start, in UTC. */
  from(now: Date): number;
  to(now: Date): number;
}

const month = (now: Date, back: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back);

const spans: Span[] = [
  { value: "30", label: "Last 30 days", by: "day", from: (now) => now.getTime() - 29 * 864e5, to: (now) => now.getTime() },
  { value: "this", label: "This month", by: "day", from: (now) => month(now, 0), to: (now) => now.getTime() },
  { value: "last", label: "Last month", by: "day", from: (now) => month(now, 1), to: (now) => month(now, 0) },
  { value: "year", label: "Last 12 months, by month", by: "month", from: (now) => month(now, 11), to: (now) => now.getTime() },
];

/** The usage page: active users, operations and notes. */
export function UsagePage({ tenant }: TenantPageProps) {
  const [span, setSpan] = useState(spans[0]!);
  const [figure, setFigure] = useState<Figure>("activeUsers");
  return (
    <>
      <Heading text="Usage" />
      <p class="about">An active user is a visitor with at least one operation. A visitor who comes every day counts once per month. Days and months are in UTC.</p>
      <div class="pair">
        <Choice label="Period" value={span.value} options={spans} onChange={(value) => setSpan(spans.find((s) => s.value === value)!)} />
        <Choice label="Chart" value={figure} options={Object.entries(figures).map(([value, label]) => ({ value, label }))} onChange={(value) => setFigure(value as Figure)} />
      </div>
      <Periods key={span.value} tenant={tenant} span={span} figure={figure} />
    </>
  );
}

function Periods({ tenant, span, figure }: { tenant: string; span: Span; figure: Figure }) {
  const { from, to } = useMemo(() => {
    const now = new Date();
    return { from: new Date(span.from(now)).toISOString(), to: new Date(span.to(now)).toISOString() };
  }, [span]);
  const query = useQuery(span.by === "day" ? USAGE_BY_DAY : USAGE_BY_MONTH, { tenant, from, to });
  return <QueryResult query={query}>{({ tenant: { usage } }) => <Figures tenant={tenant} by={span.by} usage={usage} figure={figure} />}</QueryResult>;
}

function Figures({ tenant, by, usage, figure }: { tenant: string; by: "day" | "month"; usage: Usage[]; figure: Figure }) {
  const busy = usage.filter((period) => period.operations > 0 || period.notes > 0);
  const save = () =>
    saveCSV(`usage-${tenant}-${usage[0]?.period}-${usage.at(-1)?.period}.csv`, [
      ["tenant", by, "active_users", "notes", "operations"],
      ...usage.map((period) => [tenant, period.period, period.activeUsers, period.notes, period.operations]),
    ]);
  if (busy.length === 0) {
    return (
      <Empty heading="Nobody used your widget in this period.">
        <p>Figures appear within a second after a visitor signs in.</p>
      </Empty>
    );
  }
  return (
    <>
      <Chart
        title={`${figures[figure]} by ${by}`}
        bars={usage.map((period) => ({ name: period.period, value: period[figure] }))}
      />
      <div class="bar more">
        <p class="quiet">
          {usage.reduce((sum, period) => sum + period.operations, 0).toLocaleString("en")} operations in this period, {usage.at(-1)!.notes.toLocaleString("en")} notes at its end
        </p>
        <Button onClick={save}>Save as CSV</Button>
      </div>
      <div class="numbers">
        <Table caption={`Usage by ${by}`} head={[by === "day" ? "Day" : "Month", "Active users", "Operations", "Notes"]}>
        {[...usage].reverse().map((period) => (
          <tr key={period.period}>
            <th scope="row">{period.period}</th>
            <td>{period.activeUsers.toLocaleString("en")}</td>
            <td>{period.operations.toLocaleString("en")}</td>
            <td>{period.notes.toLocaleString("en")}</td>
          </tr>
        ))}
      </Table>
      </div>
    </>
  );
}

interface Bar {
  name: string;
  value: number;
}

const width = 720;
const height = 160;

/** A bar chart. A table next to it has the same data for screen readers. */
function Chart({ title, bars }: { title: string; bars: Bar[] }) {
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
