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
import { rich, t } from "./text";

/** The sites that the person linked. They can say who the person is. */
export function Sites() {
  const query = useQuery(IDENTITIES);
  return (
    <>
      <Heading text={t("sites")} />
      <p class="about">{t("sitesAbout")}</p>
      <QueryResult query={query}>
        {({ viewer: { identities } }) =>
          identities.length === 0 ? (
            <Empty heading={t("noSites")}>
              <p>{t("noSitesHow")}</p>
            </Empty>
          ) : (
            <Rows label={t("sites")}>
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
      heading: t("unlinkAsk", { name }),
      text: t("unlinkMeans"),
      button: t("unlink"),
    });
    if (!yes) return;
    await request(UNLINK, { id: identity.id });
    await reload();
    showToast(t("unlinked", { name }));
    focusHeading();
  };
  return (
    <Row
      title={<bdi>{name}</bdi>}
      facts={
        <>
          <span>
            {rich("knowsYou", { subject: <bdi>{identity.name ?? identity.email ?? identity.subject}</bdi> })}
            {identity.name && identity.email && (
              <>
                , <bdi>{identity.email}</bdi>
              </>
            )}
          </span>
          <span>{rich("linkedAt", { time: <RelativeTime at={identity.linkedAt} /> })}</span>
        </>
      }
      actions={
        <Button label={t("unlinkNamed", { name })} busy={action.busy} onClick={() => void action.run(unlink)}>
          {t("unlink")}
        </Button>
      }
    >
      <ErrorMessage text={action.error} />
    </Row>
  );
}
