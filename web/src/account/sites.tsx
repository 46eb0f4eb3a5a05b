import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { focusHeading, Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { sure } from "../part/dialog";
import { Moment } from "../part/moment";
import { Row, Rows } from "../part/rows";
import { Answered, Empty } from "../part/state";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { IDENTITIES, UNLINK, type Identity } from "./documents";

/** The sites that the person linked. They can say who the person is. */
export function Sites() {
  const answer = useAnswer(IDENTITIES);
  return (
    <>
      <Heading text="Linked sites" />
      <p class="about">These sites can say who you are when you are logged in there. They know that you use Aside. They can’t read notes that your passkey opens.</p>
      <Answered answer={answer}>
        {({ viewer: { identities } }) =>
          identities.length === 0 ? (
            <Empty heading="No linked sites yet.">
              <p>A site can offer to link when you sign in to your notes there.</p>
            </Empty>
          ) : (
            <Rows label="Linked sites">
              {identities.map((identity) => (
                <Card key={identity.id} identity={identity} reload={answer.reload} />
              ))}
            </Rows>
          )
        }
      </Answered>
    </>
  );
}

function Card({ identity, reload }: { identity: Identity; reload: () => Promise<void> }) {
  const act = useAct();
  const { name } = identity.tenant;
  const unlink = async () => {
    const yes = await sure({
      heading: `Unlink ${name}?`,
      text: "You will be signed out where you signed in as its customer. Your notes stay. The site can offer to link again when you sign in. If it opens notes without a passkey, those are new notes, which it can read.",
      act: "Unlink",
    });
    if (!yes) return;
    await ask(UNLINK, { id: identity.id });
    await reload();
    say(`${name} was unlinked`);
    focusHeading();
  };
  return (
    <Row
      title={<bdi>{name}</bdi>}
      facts={
        <>
          <span>
            Knows you as <bdi>{identity.name ?? identity.email ?? identity.subject}</bdi>
            {identity.name && identity.email && (
              <>
                , <bdi>{identity.email}</bdi>
              </>
            )}
          </span>
          <span>
            Linked <Moment at={identity.linkedAt} />
          </span>
        </>
      }
      acts={
        <Button label={`Unlink ${name}`} busy={act.busy} onClick={() => void act.run(unlink)}>
          Unlink
        </Button>
      }
    >
      <Trouble text={act.trouble} />
    </Row>
  );
}
