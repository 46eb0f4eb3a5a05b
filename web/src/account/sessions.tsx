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
import { SiteLink } from "./site_link";
import { rich, t } from "./text";

/** The person's sessions. */
export function Sessions() {
  const query = useQuery(SESSIONS);
  const action = useAction();
  const others = async () => {
    const yes = await askConfirmation({ heading: t("endOthersAsk"), text: t("endOthersMeans"), button: t("signOut") });
    if (!yes) return;
    const { revokeOtherSessions: count } = await request(REVOKE_OTHERS);
    await query.reload();
    showToast(t("endedSessions", { count }));
    focusHeading();
  };
  const { sessions = [] } = query.data?.viewer ?? {};
  return (
    <>
      <Heading
        text={t("sessions")}
        actions={
          sessions.length > 1 && (
            <Button busy={action.busy} onClick={() => void action.run(others)}>
              {t("endOthers")}
            </Button>
          )
        }
      />
      <p class="about">{t("sessionsAbout")}</p>
      <ErrorMessage text={action.error} />
      <QueryResult query={query}>
        {() => (
          <Rows label={t("sessions")}>
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
  const { id, tenant, embedOrigin, device, current } = session;
  const action = useAction();
  const name = tenant?.name ?? t("thisPage");
  const end = async () => {
    if (current) return signOut();
    await request(REVOKE_SESSION, { id });
    await reload();
    showToast(t("endedSession", { name }));
    focusHeading();
  };
  return (
    <Row
      title={
        <>
          <SiteLink name={name} origin={embedOrigin} /> {current && <span class="mark">{t("thisSession")}</span>}
        </>
      }
      facts={
        <>
          {device && <span><bdi>{device}</bdi></span>}
          {embedOrigin && <span><bdi>{embedOrigin}</bdi></span>}
          <span>{rich("signedInAt", { time: <RelativeTime at={session.createdAt} /> })}</span>
          <span>{rich("usedAt", { time: <RelativeTime at={session.lastUsedAt} /> })}</span>
        </>
      }
      actions={
        <Button label={t("endSession", { name })} busy={action.busy} onClick={() => void action.run(end)}>
          {t("signOut")}
        </Button>
      }
    >
      <ErrorMessage text={action.error} />
    </Row>
  );
}
