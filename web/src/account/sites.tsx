import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { Section } from "../component/section";
import { RelativeTime } from "../component/time";
import { Row, Rows } from "../component/rows";
import { QueryResult, Empty, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { SITES, UNLINK, WITHDRAW, type Consent, type Identity } from "./documents";
import { SiteLink } from "./site_link";
import { rich, t } from "./text";

/** The sites that the person allowed, and those that the person linked. */
export function Sites() {
  const query = useQuery(SITES);
  return (
    <>
      <Heading text={t("sites")} />
      <QueryResult query={query}>
        {({ viewer: { consents, identities } }) => (
          <>
            <Allowed consents={consents} reload={query.reload} />
            <Linked identities={identities} originOf={(id) => consents.find(({ tenant }) => tenant.id === id)?.embedOrigin} reload={query.reload} />
          </>
        )}
      </QueryResult>
    </>
  );
}

/** The sites on which the person allowed their notes to be opened. */
function Allowed({ consents, reload }: { consents: Consent[]; reload: () => Promise<void> }) {
  return (
    <Section heading={t("allowedSites")} about={t("allowedAbout")}>
      {consents.length === 0 ? (
        <Empty heading={t("noneAllowed")}>
          <p>{t("noneAllowedHow")}</p>
        </Empty>
      ) : (
        <Rows label={t("allowedSites")}>
          {consents.map((consent) => (
            <ConsentCard key={consent.tenant.id} consent={consent} reload={reload} />
          ))}
        </Rows>
      )}
    </Section>
  );
}

function ConsentCard({ consent: { tenant, since, embedOrigin }, reload }: { consent: Consent; reload: () => Promise<void> }) {
  const action = useAction();
  const { id, name } = tenant;
  const withdraw = async () => {
    if (!(await askConfirmation({ heading: t("withdrawAsk", { name }), text: t("withdrawMeans"), button: t("withdraw") }))) return;
    await request(WITHDRAW, { tenant: id });
    await reload();
    showToast(t("withdrawn", { name }));
    focusHeading();
  };
  return (
    <Row
      title={<SiteLink name={name} origin={embedOrigin} />}
      facts={<span>{rich("allowedAt", { time: <RelativeTime at={since} /> })}</span>}
      actions={
        <Button label={t("withdrawNamed", { name })} busy={action.busy} onClick={() => void action.run(withdraw)}>
          {t("withdraw")}
        </Button>
      }
    >
      <ErrorMessage text={action.error} />
    </Row>
  );
}

/** The sites that the person linked. They can say who the person is. originOf: the origin of a site that the person allowed. */
function Linked({ identities, originOf, reload }: { identities: Identity[]; originOf: (id: string) => string | null | undefined; reload: () => Promise<void> }) {
  return (
    <Section heading={t("linkedSites")} about={t("sitesAbout")}>
      {identities.length === 0 ? (
        <Empty heading={t("noSites")}>
          <p>{t("noSitesHow")}</p>
        </Empty>
      ) : (
        <Rows label={t("linkedSites")}>
          {identities.map((identity) => (
            <IdentityCard key={identity.id} identity={identity} origin={originOf(identity.tenant.id)} reload={reload} />
          ))}
        </Rows>
      )}
    </Section>
  );
}

function IdentityCard({ identity, origin, reload }: { identity: Identity; origin: string | null | undefined; reload: () => Promise<void> }) {
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
      title={<SiteLink name={name} origin={origin} />}
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
