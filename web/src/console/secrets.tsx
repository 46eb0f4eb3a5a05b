import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { focusHeading, Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { sure } from "../part/dialog";
import { Field } from "../part/field";
import { Moment } from "../part/moment";
import { Row, Rows } from "../part/rows";
import { Section } from "../part/section";
import { Answered, Empty } from "../part/state";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { Code, Secret } from "./code";
import { CREATE_SERVER_KEY, REVOKE_SERVER_KEY, SERVER_KEYS, type ServerKey } from "./documents";
import type { Inside } from "./inside";

/** The keys of the tenant's backend. */
export function ServerKeys({ tenant, admin }: Inside) {
  const answer = useAnswer(SERVER_KEYS, { tenant });
  return (
    <>
      <Heading text="Server keys" />
      <p class="about">Your backend calls our API with a server key to get tickets, or to keep your origins in step with your deployments. With it, your backend says who a visitor is. It can’t read notes that a passkey opens.</p>
      {admin && <Create tenant={tenant} reload={answer.reload} />}
      <Answered answer={answer}>
        {({ tenant: { serverKeys } }) => (
          <>
            {serverKeys.length === 0 ? (
              <Empty heading="No server keys yet.">
                <p>You only need one if your backend gets tickets or manages origins.</p>
              </Empty>
            ) : (
              <Rows label="Server keys">
                {serverKeys.map((key) => (
                  <ServerKeyCard key={key.id} tenant={tenant} admin={admin} of={key} reload={answer.reload} />
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
      </Answered>
    </>
  );
}

function Create({ tenant, reload }: { tenant: string; reload: () => Promise<void> }) {
  const act = useAct();
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const create = async () => {
    const made = await ask(CREATE_SERVER_KEY, { tenant, name: name.trim() });
    setSecret(made.createServerKey.secret);
    setName("");
    await reload();
  };
  return (
    <>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(create);
        }}
      >
        <Field label="Name of the new key" value={name} placeholder="production" autocomplete="off" maxLength={80} error={act.trouble} onInput={(value) => { setName(value); act.clear(); }} />
        <Button kind="first" type="submit" busy={act.busy}>
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
  const act = useAct();
  const [secret, setSecret] = useState("");
  const rotate = async () => {
    const made = await ask(CREATE_SERVER_KEY, { tenant, name: of.name });
    setSecret(made.createServerKey.secret);
    await reload();
    say("Both keys are now accepted. Deploy the new one, then revoke the old one.");
  };
  const revoke = async () => {
    const yes = await sure({ heading: `Revoke ${of.name}?`, text: "Anything that still uses it is refused from now on.", act: "Revoke" });
    if (!yes) return;
    await ask(REVOKE_SERVER_KEY, { tenant, id: of.id });
    await reload();
    say(`${of.name} was revoked`);
    focusHeading();
  };
  return (
    <Row
      title={<bdi>{of.name}</bdi>}
      facts={
        <>
          <code>{of.prefix}…</code>
          <span>
            Created <Moment at={of.createdAt} />
          </span>
          <span>{of.lastUsedAt ? <>Last used <Moment at={of.lastUsedAt} /></> : "Never used"}</span>
        </>
      }
      acts={
        admin && (
          <>
            <Button label={`Rotate ${of.name}`} busy={act.busy} onClick={() => void act.run(rotate)}>
              Rotate
            </Button>
            <Button label={`Revoke ${of.name}`} busy={act.busy} onClick={() => void act.run(revoke)}>
              Revoke
            </Button>
          </>
        )
      }
    >
      <Trouble text={act.trouble} />
      {secret && <Secret text={secret} of="server key" />}
    </Row>
  );
}
