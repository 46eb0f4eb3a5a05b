import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { Field } from "../component/field";
import { RelativeTime } from "../component/time";
import { Row, Rows } from "../component/rows";
import { Section } from "../component/section";
import { QueryResult, Empty, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { Code, Secret } from "../component/copy";
import { CREATE_SERVER_KEY, REVOKE_SERVER_KEY, SERVER_KEYS, type ServerKey } from "./documents";
import type { TenantPageProps } from "./tenant_page";

/** The keys of the tenant's backend. */
export function ServerKeys({ tenant, admin }: TenantPageProps) {
  const query = useQuery(SERVER_KEYS, { tenant });
  return (
    <>
      <Heading text="Server keys" />
      <p class="about">Your backend calls our API with a server key to get tickets, or to keep your origins in step with your deployments. With it, your backend says who a visitor is. It can’t read notes that a passkey opens.</p>
      {admin && <CreateServerKey tenant={tenant} reload={query.reload} />}
      <QueryResult query={query}>
        {({ tenant: { serverKeys } }) => (
          <>
            {serverKeys.length === 0 ? (
              <Empty heading="No server keys yet.">
                <p>You only need one if your backend gets tickets or manages origins.</p>
              </Empty>
            ) : (
              <Rows label="Server keys">
                {serverKeys.map((key) => (
                  <ServerKeyCard key={key.id} tenant={tenant} admin={admin} of={key} reload={query.reload} />
                ))}
              </Rows>
            )}
            <Section heading="Try it" about="A ticket replaces an assertion once, for 60 seconds.">
              <Code
                of="command for a ticket"
                text={`curl ${location.origin}/graphql -H "Authorization: Bearer $ASIDE_SERVER_KEY" -H "Content-Type: application/json" \\
  -d '{"query": "mutation { issueTicket(input: {subject: \\"customer-17\\"}) { ticket expiresAt } }"}'`}
              />
            </Section>
          </>
        )}
      </QueryResult>
    </>
  );
}

function CreateServerKey({ tenant, reload }: { tenant: string; reload: () => Promise<void> }) {
  const action = useAction();
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const create = async () => {
    const created = await request(CREATE_SERVER_KEY, { tenant, name: name.trim() });
    setSecret(created.createServerKey.secret);
    setName("");
    await reload();
  };
  return (
    <>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(create);
        }}
      >
        <Field label="Name of the new key" value={name} placeholder="production" autocomplete="off" maxLength={80} error={action.error} onInput={(value) => { setName(value); action.clear(); }} />
        <Button kind="first" type="submit" busy={action.busy}>
          Create server key
        </Button>
      </form>
      {secret && <Secret text={secret} of="server key" />}
    </>
  );
}

interface CardProps {
  tenant: string;
  of: ServerKey;
  admin: boolean;
  reload: () => Promise<void>;
}

/** A server key and its actions. */
export function ServerKeyCard({ tenant, of, admin, reload }: CardProps) {
  const action = useAction();
  const [secret, setSecret] = useState("");
  const rotate = async () => {
    const created = await request(CREATE_SERVER_KEY, { tenant, name: of.name });
    setSecret(created.createServerKey.secret);
    await reload();
    showToast("Both keys are now accepted. Deploy the new one, then revoke the old one.");
  };
  const revoke = async () => {
    const yes = await askConfirmation({ heading: `Revoke ${of.name}?`, text: "Anything that still uses it is refused from now on.", button: "Revoke" });
    if (!yes) return;
    await request(REVOKE_SERVER_KEY, { tenant, id: of.id });
    await reload();
    showToast(`${of.name} was revoked`);
    focusHeading();
  };
  return (
    <Row
      title={<bdi>{of.name}</bdi>}
      facts={
        <>
          <code>{of.prefix}…</code>
          <span>
            Created <RelativeTime at={of.createdAt} />
          </span>
          <span>{of.lastUsedAt ? <>Last used <RelativeTime at={of.lastUsedAt} /></> : "Never used"}</span>
        </>
      }
      actions={
        admin && (
          <>
            <Button label={`Rotate ${of.name}`} busy={action.busy} onClick={() => void action.run(rotate)}>
              Rotate
            </Button>
            <Button label={`Revoke ${of.name}`} busy={action.busy} onClick={() => void action.run(revoke)}>
              Revoke
            </Button>
          </>
        )
      }
    >
      <ErrorMessage text={action.error} />
      {secret && <Secret text={secret} of="server key" />}
    </Row>
  );
}
