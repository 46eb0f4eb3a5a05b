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
import { IDENTITIES, UNLINK, type Identity } from "./documents";

/** The sites that the person linked. They can say who the person is. */
export function Sites() {
  const query = useQuery(IDENTITIES);
  return (
    <>
      <Heading text="Linked sites" />
      <p class="about">These sites can say who you are when you are logged in there. They know that you use Aside. They can’t read notes that your passkey opens.</p>
      <QueryResult query={query}>
        {({ viewer: { identities } }) =>
          identities.length === 0 ? (
            <Empty heading="No linked sites yet.">
              <p>A site can offer to link when you sign in to your notes there.</p>
            </Empty>
          ) : (
            <Rows label="Linked sites">
              {identities.map((identity) => (
                <IdentityCard key={identity.id} identity={identity} reload={query.reload} />
              ))}
            </Rows>
          )
        }
      </QueryResult>
    </>
  );
}

function IdentityCard({ identity, reload }: { identity: Identity; reload: () => Promise<void> }) {
  const action = useAction();
  const { name } = identity.tenant;
  const unlink = async () => {
    const yes = await askConfirmation({
      heading: `Unlink ${name}?`,
      text: "You will be signed out where you signed in as its customer. Your notes stay. The site can offer to link again when you sign in. If it opens notes without a passkey, those are new notes, which it can read.",
      button: "Unlink",
    });
    if (!yes) return;
    await request(UNLINK, { id: identity.id });
    await reload();
    showToast(`${name} was unlinked`);
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
            Linked <RelativeTime at={identity.linkedAt} />
          </span>
        </>
      }
      actions={
        <Button label={`Unlink ${name}`} busy={action.busy} onClick={() => void action.run(unlink)}>
          Unlink
        </Button>
      }
    >
      <ErrorMessage text={action.error} />
    </Row>
  );
}
