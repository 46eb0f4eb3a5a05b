import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { RelativeTime } from "../component/time";
import { Row, Rows } from "../component/rows";
import { QueryResult, Empty, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { Secret } from "../component/copy";
import { AddWebhook } from "./add_webhook";
import { Deliveries } from "./deliveries";
import { REMOVE_WEBHOOK, ROTATE_WEBHOOK_SECRET, WEBHOOKS, type Webhook } from "./documents";
import type { TenantPageProps } from "./tenant_page";

/** The tenant's webhooks and what was sent to each. */
export function Webhooks({ tenant, admin }: TenantPageProps) {
  const query = useQuery(WEBHOOKS, { tenant });
  const [secret, setSecret] = useState("");
  return (
    <>
      <Heading text="Webhooks" />
      <p class="about">
        Your backend receives an event when a visitor links an account, when a month’s usage is final, and more. <a href="/docs/webhooks">How your backend verifies them</a>
      </p>
      {secret && <Secret text={secret} of="webhook secret" />}
      <QueryResult query={query}>
        {({ tenant: { webhooks } }) => (
          <>
            {webhooks.length === 0 ? (
              <Empty heading="No webhooks yet." />
            ) : (
              <Rows label="Webhooks">
                {webhooks.map((webhook) => (
                  <WebhookCard key={webhook.id} tenant={tenant} admin={admin} of={webhook} reload={query.reload} onSecret={setSecret} />
                ))}
              </Rows>
            )}
            {admin && <AddWebhook tenant={tenant} reload={query.reload} onSecret={setSecret} />}
          </>
        )}
      </QueryResult>
    </>
  );
}

interface CardProps {
  tenant: string;
  admin: boolean;
  of: Webhook;
  reload: () => Promise<void>;
  onSecret: (secret: string) => void;
}

/** A webhook, its actions and its deliveries. */
export function WebhookCard({ tenant, admin, of, reload, onSecret }: CardProps) {
  const action = useAction();
  const [open, setOpen] = useState(false);
  const rotate = async () => {
    const { rotateWebhookSecret } = await request(ROTATE_WEBHOOK_SECRET, { tenant, id: of.id });
    onSecret(rotateWebhookSecret.secret);
    await reload();
    showToast("Both secrets sign for 24 hours. Deploy the new one.");
    focusHeading();
  };
  const remove = async () => {
    const yes = await askConfirmation({ heading: `Remove ${of.url}?`, text: "Nothing is sent to it any more, and its deliveries are deleted.", button: "Remove" });
    if (!yes) return;
    await request(REMOVE_WEBHOOK, { tenant, id: of.id });
    await reload();
    showToast("The webhook was removed");
    focusHeading();
  };
  return (
    <Row
      title={<code>{of.url}</code>}
      facts={
        <>
          <span>{of.events.join(", ")}</span>
          <span>
            Added <RelativeTime at={of.createdAt} />
          </span>
          <span>{of.lastDeliveredAt ? <>Last delivered <RelativeTime at={of.lastDeliveredAt} /></> : "Nothing delivered yet"}</span>
        </>
      }
      actions={
        <>
          <Button label={`${open ? "Hide" : "Show"} deliveries to ${of.url}`} onClick={() => setOpen(!open)}>
            {open ? "Hide deliveries" : "Show deliveries"}
          </Button>
          {admin && (
            <>
              <Button label={`Rotate the secret of ${of.url}`} busy={action.busy} onClick={() => void action.run(rotate)}>
                Rotate
              </Button>
              <Button label={`Remove ${of.url}`} busy={action.busy} onClick={() => void action.run(remove)}>
                Remove
              </Button>
            </>
          )}
        </>
      }
    >
      {of.failingSince && (
        <p class="trouble">
          Failing: the attempts began to fail <RelativeTime at={of.failingSince} />. Everything that was not delivered is listed, to send again.
        </p>
      )}
      <ErrorMessage text={action.error} />
      {open && <Deliveries tenant={tenant} admin={admin} webhook={of} />}
    </Row>
  );
}
