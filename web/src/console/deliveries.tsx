import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { RelativeTime } from "../component/time";
import { Table } from "../component/rows";
import { QueryResult, Empty, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { DELIVERIES, REDELIVER, type Delivery, type Webhook } from "./documents";

/** The newest deliveries to a webhook. */
export function Deliveries({ tenant, admin, webhook }: { tenant: string; admin: boolean; webhook: Webhook }) {
  const query = useQuery(DELIVERIES, { tenant, webhook: webhook.id });
  const action = useAction();
  const sendAgain = async (delivery: string) => {
    await request(REDELIVER, { tenant, delivery });
    await query.reload();
    showToast("It is sent again now");
  };
  const about = "Each has up to eight attempts within 28 hours, and is listed for 30 days.";
  return (
    <QueryResult query={query}>
      {({ tenant: { deliveries } }) => (
        <>
          <div class="bar">
            <p class="quiet">{about}</p>
            <Button label={`Look again for deliveries to ${webhook.url}`} onClick={() => void query.reload()}>
              Look again
            </Button>
          </div>
          <ErrorMessage text={action.error} />
          {deliveries.length === 0 ? (
            <Empty heading="Nothing has happened yet." />
          ) : (
            <Table caption={`Deliveries to ${webhook.url}`} head={["When", "Event", "Result", "Attempts", ...(admin ? [<span class="unseen">Action</span>] : [])]}>
              {deliveries.map((delivery) => (
                <tr key={delivery.id}>
                  <td class="nowrap">
                    <RelativeTime at={delivery.at} />
                  </td>
                  <td class="nowrap">
                    <code title={delivery.id}>{delivery.event}</code>
                  </td>
                  <td class="nowrap">
                    <Result of={delivery} />
                  </td>
                  <td>{delivery.attempts}</td>
                  {admin && (
                    <td class="nowrap">
                      <Button busy={action.busy} onClick={() => void action.run(() => sendAgain(delivery.id))}>
                        Send again
                      </Button>
                    </td>
                  )}
                </tr>
              ))}
            </Table>
          )}
        </>
      )}
    </QueryResult>
  );
}

function Result({ of: { status, attempts, nextAt } }: { of: Delivery }) {
  const answer = status !== null ? `Status ${status}` : nextAt === null ? "No answer" : "No answer yet";
  if (attempts === 0) return <>Waiting</>;
  if (status !== null && status >= 200 && status < 300) return <>Delivered</>;
  if (nextAt === null) return <span class="trouble">{answer}. Not delivered.</span>;
  return (
    <>
      {answer}. Next attempt <RelativeTime at={nextAt} />
    </>
  );
}
