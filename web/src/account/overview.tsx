import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Field } from "../component/field";
import { Section } from "../component/section";
import { QueryResult } from "../component/state";
import { showToast } from "../component/toast";
import { CopyableText } from "../component/copy";
import { signalAccount } from "../passkey/signal";
import { OVERVIEW, RENAME } from "./documents";
import { LockoutWarning } from "./lockout_warning";

export interface Viewer {
  id: string;
  displayName: string;
}

/** The overview of the account. */
export function Overview({ viewer, reload }: { viewer: Viewer; reload: () => Promise<void> }) {
  const query = useQuery(OVERVIEW);
  return (
    <>
      <Heading text="Your account" />
      <QueryResult query={query}>
        {({ viewer: { passkeys, sessions, identities, recoveryCodesLeft } }) => (
          <>
            <LockoutWarning passkeys={passkeys.length} codes={recoveryCodesLeft} />
            <dl class="figures">
              <Figure name="Passkeys" path="/account/passkeys" value={passkeys.length} />
              <Figure name="Recovery codes left" path="/account/recovery" value={recoveryCodesLeft} />
              <Figure name="Sessions" path="/account/sessions" value={sessions.length} />
              <Figure name="Linked sites" path="/account/sites" value={identities.length} />
            </dl>
            <AccountName viewer={viewer} reload={reload} />
            <Section heading="Account ID" about="If you ask the operator for help, they find your account by this ID. It can’t be used to sign in.">
              <p>
                <CopyableText text={viewer.id} of="account ID" />
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
  const save = async () => {
    await request(RENAME, { name: name.trim() });
    await reload();
    showToast("Saved");
    void signalAccount();
  };
  return (
    <Section heading="Your name" about="You see it in the widget, and when your device asks which account to open. Sites don’t see it. If you help run a site’s console, its other members see it there. The operator can look up your account by it.">
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(save);
        }}
      >
        <Field
          label="Name"
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
          Save
        </Button>
      </form>
    </Section>
  );
}
