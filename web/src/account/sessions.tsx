import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { focusHeading, Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { sure } from "../part/dialog";
import { Moment } from "../part/moment";
import { Row, Rows } from "../part/rows";
import { Answered } from "../part/state";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { REVOKE_SESSION } from "../session/documents";
import { signOut } from "../session/signout";
import { REVOKE_OTHERS, SESSIONS, type Session } from "./documents";

/** The person's sessions. */
export function Sessions() {
  const answer = useAnswer(SESSIONS);
  const act = useAct();
  const others = async () => {
    const yes = await sure({ heading: "Sign out everywhere else?", text: "You will be signed out on every site and in every other browser. They will ask for your passkey again. In this browser, Continue is enough.", act: "Sign out" });
    if (!yes) return;
    const { revokeOtherSessions: count } = await ask(REVOKE_OTHERS);
    await answer.reload();
    say(count === 1 ? "Signed out of one session" : `Signed out of ${count} sessions`);
    focusHeading();
  };
  const { sessions = [] } = answer.data?.viewer ?? {};
  return (
    <>
      <Heading
        text="Sessions"
        acts={
          sessions.length > 1 && (
            <Button busy={act.busy} onClick={() => void act.run(others)}>
              Sign out everywhere else
            </Button>
          )
        }
      />
      <p class="about">Where you are signed in. A session ends on its own when it isn’t used.</p>
      <Trouble text={act.trouble} />
      <Answered answer={answer}>
        {() => (
          <Rows label="Sessions">
            {sessions.map((session) => (
              <Card key={session.id} session={session} reload={answer.reload} />
            ))}
          </Rows>
        )}
      </Answered>
    </>
  );
}

function Card({ session, reload }: { session: Session; reload: () => Promise<void> }) {
  const { id, tenant, embedOrigin, current } = session;
  const act = useAct();
  const name = tenant?.name ?? "Your account page";
  const end = async () => {
    if (current) return signOut();
    await ask(REVOKE_SESSION, { id });
    await reload();
    say(`Signed out of ${name}`);
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
            Signed in <Moment at={session.createdAt} />
          </span>
          <span>
            Used <Moment at={session.lastUsedAt} />
          </span>
        </>
      }
      acts={
        <Button label={`Sign out of ${name}`} busy={act.busy} onClick={() => void act.run(end)}>
          Sign out
        </Button>
      }
    >
      <Trouble text={act.trouble} />
    </Row>
  );
}
