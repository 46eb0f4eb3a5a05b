import { useEffect, useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Field } from "../component/field";
import { RelativeTime } from "../component/time";
import { Table } from "../component/rows";
import { QueryResult, Empty, ErrorMessage } from "../component/state";
import { AUDIT_EVENT, AUDIT_LOG, MEMBERS, type Event } from "./documents";
import { saveCSV } from "../component/download";
import type { TenantPageProps } from "./tenant_page";

const page = 50;

/** The audit log: changes of the tenant, and refused assertions. */
export function AuditLog({ tenant }: TenantPageProps) {
  const first = useQuery(AUDIT_LOG, { tenant, first: page, after: null });
  const members = useQuery(MEMBERS, { tenant });
  const names = new Map(members.data?.tenant.members.map(({ id, displayName }) => [id, displayName]));
  return (
    <>
      <Heading text="Audit log" />
      <p class="about">Every change to this tenant, with who made it and from where, and every refused assertion, up to an hourly limit. Entries can’t be changed. The operator sets how long they are kept.</p>
      <QueryResult query={first}>{({ tenant: { auditLog } }) => <Log tenant={tenant} start={auditLog} names={names} />}</QueryResult>
    </>
  );
}

type Page = (typeof AUDIT_LOG extends import("../graphql/document").Document<infer Data, never> ? Data : never)["tenant"]["auditLog"];

function Log({ tenant, start, names }: { tenant: string; start: Page; names: Map<string, string> }) {
  const action = useAction();
  const [pages, setPages] = useState([start]);
  const [filter, setFilter] = useState("");
  const [found, setFound] = useState<(Event & { cursor: string })[]>([]);
  const events = pages.flatMap(({ edges }) => edges.map(({ cursor, node }) => ({ cursor, ...node })));
  const { pageInfo } = pages[pages.length - 1]!;
  const who = (actor: string) => names.get(actor) ?? actor;
  const wanted = filter.trim().toLowerCase();
  const reference = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(wanted)?.[0] ?? ""; // also within the message of the refusal
  const matches = (event: Event) => !wanted || words(event, who).join(" ").toLowerCase().includes(reference || wanted);
  const loaded = events.filter(matches);
  const shown = loaded.length > 0 ? loaded : reference ? found.filter(matches) : [];

  const missing = reference !== "" && shown.length === 0;
  useEffect(() => {
    if (!missing) return;
    void action.run(async () => {
      const { auditEvent } = (await request(AUDIT_EVENT, { tenant, reference })).tenant;
      if (auditEvent) setFound([{ cursor: reference, ...auditEvent }]);
    });
  }, [missing, reference]);
  const next = async (after: string | null) => (await request(AUDIT_LOG, { tenant, first: 100, after })).tenant.auditLog;
  const more = async () => {
    const further = await next(pageInfo.endCursor);
    setPages((before) => [...before, further]);
  };
  const save = async () => {
    const all: Event[] = [...events];
    for (let info = pageInfo; info.hasNextPage; ) {
      const further = await next(info.endCursor);
      all.push(...further.edges.map(({ node }) => node));
      info = further.pageInfo;
    }
    saveCSV(`audit-${tenant}.csv`, [["at", "actor", "name", "action", "target", "ip", "detail"], ...all.map((event) => words(event, (actor) => names.get(actor) ?? ""))]);
  };
  return (
    <>
      <div class="line">
        <Field label="Filter" type="search" value={filter} placeholder="origin, refused, a name, an address" hint="Filters loaded entries. The reference of a refused assertion is looked up among all." onInput={setFilter} />
        <Button busy={action.busy} onClick={() => void action.run(save)}>
          Save as CSV
        </Button>
      </div>
      <ErrorMessage text={action.error} />
      <p class="unseen" role="status">
        {wanted && `${shown.length} of ${events.length} events`}
      </p>
      {shown.length === 0 ? (
        <Empty heading={wanted ? "No matching entries." : "No entries yet."} />
      ) : (
        <div class="log">
          <Table caption="Audit log" head={["When", "Who", "What", "Target", "From"]}>
          {shown.map((event) => (
            <tr key={event.cursor}>
              <td class="nowrap">
                <RelativeTime at={event.at} />
              </td>
              <td>
                <bdi title={event.actor}>{who(event.actor)}</bdi>
              </td>
              <td class="nowrap">
                <code>{event.action}</code>
              </td>
              <td>
                {event.target && (names.has(event.target) ? <bdi title={event.target}>{who(event.target)}</bdi> : <code>{event.target}</code>)} {event.detail && <span class="quiet">{event.detail}</span>}
              </td>
              <td class="nowrap">{event.ip}</td>
            </tr>
          ))}
          </Table>
        </div>
      )}
      {pageInfo.hasNextPage && (
        <div class="acts more">
          <Button busy={action.busy} onClick={() => void action.run(more)}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function words(event: Event, name: (actor: string) => string): string[] {
  return [event.at, event.actor, name(event.actor), event.action, event.target ?? "", event.ip ?? "", event.detail ?? ""];
}
