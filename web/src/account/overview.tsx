import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Field } from "../component/field";
import { Section } from "../component/section";
import { QueryResult } from "../component/state";
import { showToast } from "../component/toast";
import { CopyableText } from "../component/copy";
import { signalAccount } from "../passkey/signal";
import { OVERVIEW, RENAME, type Viewer } from "./documents";
import { LockoutWarning } from "./lockout_warning";
import { asksForName, keepName } from "./proposed_name";
import { t } from "./text";

/** The overview of the account. */
export function Overview({ viewer, reload }: { viewer: Viewer; reload: () => Promise<void> }) {
  const query = useQuery(OVERVIEW);
  const [first] = useState(asksForName(viewer.displayName)); // the form stays where it is while it is used
  return (
    <>
      <Heading text={t("yourAccount")} />
      <QueryResult query={query}>
        {({ viewer: { passkeys, sessions, consents, recoveryCodesLeft } }) => (
          <>
            {first && <AccountName viewer={viewer} reload={reload} />}
            <LockoutWarning passkeys={passkeys.length} codes={recoveryCodesLeft} />
            <dl class="figures">
              <Figure name={t("passkeys")} path="/account/passkeys" value={passkeys.length} />
              <Figure name={t("codesLeft")} path="/account/recovery" value={recoveryCodesLeft} />
              <Figure name={t("sessions")} path="/account/sessions" value={sessions.length} />
              <Figure name={t("sites")} path="/account/sites" value={consents.length} />
            </dl>
            {!first && <AccountName viewer={viewer} reload={reload} />}
            <Section heading={t("accountId")} about={t("accountIdAbout")}>
              <p>
                <CopyableText text={viewer.id} of={t("accountIdOf")} />
              </p>
            </Section>
          </>
        )}
      </QueryResult>
    </>
  );
}

function Figure({ name, path, value }: { name: string; path: string; value: ComponentChildren }) {
  return (
    <div>
      <dt>
        <a href={path}>{name}</a>
      </dt>
      <dd>{value}</dd>
    </div>
  );
}

function AccountName({ viewer, reload }: { viewer: Viewer; reload: () => Promise<void> }) {
  const action = useAction();
  const [name, setName] = useState(viewer.displayName);
  const [asks, setAsks] = useState(asksForName(viewer.displayName));
  const keep = () => {
    keepName();
    setAsks(false);
    focusHeading();
  };
  const save = async () => {
    await request(RENAME, { name: name.trim() });
    await reload();
    setAsks(false);
    showToast(t("saved"));
    void signalAccount();
  };
  return (
    <Section heading={t(asks ? "nameAsk" : "yourName")} about={t("yourNameAbout")}>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(save);
        }}
      >
        <Field
          label={t("name")}
          value={name}
          maxLength={80}
          autocomplete="off"
          error={action.error}
          onInput={(value) => {
            setName(value);
            action.clear();
          }}
        />
        <Button type="submit" busy={action.busy}>
          {t("save")}
        </Button>
        {asks && (
          <Button kind="plain" onClick={keep}>
            {t("keepName")}
          </Button>
        )}
      </form>
    </Section>
  );
}
