import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { RelativeTime } from "../component/time";
import { Row, Rows } from "../component/rows";
import { QueryResult, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { REVOKE_SESSION } from "../session/documents";
import { signOut } from "../session/sign_out";
import { REVOKE_OTHERS, SESSIONS, type Session } from "./documents";

/** The person's sessions. */
export function Sessions() {
  const query = useQuery(SESSIONS);
  const action = useAction();
  const others = async () => {
    const yes = await askConfirmation({ heading: "Sign out everywhere else?", text: "You will be signed out on every site and in every other browser. They will ask for your passkey again. In this browser, Continue is enough.", button: "Sign out" });
    if (!yes) return;
    const { revokeOtherSessions: count } = await request(REVOKE_OTHERS);
    await query.reload();
    showToast(count === 1 ? "Signed out of one session" : `Signed out of ${count} sessions`);
    focusHeading();
  };
  const { sessions = [] } = query.data?.viewer ?? {};
  return (
    <>
      <Heading
        text="Sessions"
        actions={
          sessions.length > 1 && (
            <Button busy={action.busy} onClick={() => void action.run(others)}>
              Sign out everywhere else
            </Button>
          )
        }
      />
      <p class="about">Where you are signed in. A session ends on its own when it isn’t used.</p>
      <ErrorMessage text={action.error} />
      <QueryResult query={query}>
        {() => (
          <Rows label="Sessions">
            {sessions.map((session) => (
              <SessionCard key={session.id} session={session} reload={query.reload} />
            ))}
          </Rows>
        )}
      </QueryResult>
    </>
  );
}

function SessionCard({ session, reload }: { session: Session; reload: () => Promise<void> }) {
  const { id, tenant, embedOrigin, current } = session;
  const action = useAction();
  const name = tenant?.name ?? "Your account page";
  const end = async () => {
    if (current) return signOut();
    await request(REVOKE_SESSION, { id });
    await reload();
    showToast(`Signed out of ${name}`);
    focusHeading();
  };
  return (
    <Row
      title={
        <>
          <bdi>{name}</bdi> {current && <span class="mark">This session</span>}
        </>
      }
      facts={
        <>
          {embedOrigin && <span>{embedOrigin}</span>}
          <span>
            Signed in <RelativeTime at={session.createdAt} />
          </span>
          <span>
            Used <RelativeTime at={session.lastUsedAt} />
          </span>
        </>
      }
      actions={
        <Button label={`Sign out of ${name}`} busy={action.busy} onClick={() => void action.run(end)}>
          Sign out
        </Button>
      }
    >
      <ErrorMessage text={action.error} />
    </Row>
  );
}
