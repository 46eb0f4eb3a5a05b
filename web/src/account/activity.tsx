import { useState } from "preact/hooks";
import { request } from "../graphql/request";
import { useQuery } from "../graphql/query";
import { hasText } from "../text/catalog";
import { Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Row, Rows } from "../component/rows";
import { ErrorMessage, QueryResult } from "../component/state";
import { RelativeTime } from "../component/time";
import { EVENTS, type SecurityEvent } from "./documents";
import { rich, t } from "./text";

/** What happened to the account, the newest first. */
export function Activity() {
  const query = useQuery(EVENTS, { after: null });
  const action = useAction();
  const [older, setOlder] = useState<{ events: SecurityEvent[]; end: string | null; more: boolean }>();
  const more = (after: string | null) =>
    action.run(async () => {
      const { edges, pageInfo } = (await request(EVENTS, { after })).viewer.securityEvents;
      setOlder({ events: [...(older?.events ?? []), ...edges.map(({ node }) => node)], end: pageInfo.endCursor, more: pageInfo.hasNextPage });
    });
  return (
    <>
      <Heading text={t("activity")} />
      <p class="about">{t("activityAbout")}</p>
      <QueryResult query={query}>
        {({ viewer: { securityEvents: first } }) => (
          <>
            <Rows label={t("activity")}>
              {[...first.edges.map(({ node }) => node), ...(older?.events ?? [])].map((event, i) => (
                <Entry key={i} event={event} />
              ))}
            </Rows>
            <ErrorMessage text={action.error} />
            {(older?.more ?? first.pageInfo.hasNextPage) && (
              <div class="acts more">
                <Button busy={action.busy} onClick={() => void more(older?.end ?? first.pageInfo.endCursor)}>
                  {t("showMore")}
                </Button>
              </div>
            )}
          </>
        )}
      </QueryResult>
    </>
  );
}

function Entry({ event: { at, actor, action, detail, ip } }: { event: SecurityEvent }) {
  const key = `event_${action.replace(".", "_")}`;
  return (
    <Row
      title={hasText(key) ? rich(key as "event_tenant_allowed", { name: <bdi>{detail}</bdi> }) : <bdi>{action}</bdi>}
      facts={
        <>
          <span>
            <RelativeTime at={at} />
          </span>
          {ip && <span>{rich("network", { network: <bdi>{ip}</bdi> })}</span>}
          {actor === "operator" && <span>{t("byOperator")}</span>}
        </>
      }
    />
  );
}
