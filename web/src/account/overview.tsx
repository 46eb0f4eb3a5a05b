import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { Field } from "../part/field";
import { Section } from "../part/section";
import { Answered } from "../part/state";
import { say } from "../part/toast";
import { Value } from "../part/value";
import { signal } from "../passkey/signal";
import { OVERVIEW, RENAME } from "./documents";
import { Invitation } from "./invitation";

export interface Viewer {
  id: string;
  displayName: string;
}

/** The overview of the account. */
export function Overview({ viewer, reload }: { viewer: Viewer; reload: () => Promise<void> }) {
  const answer = useAnswer(OVERVIEW);
  return (
    <>
      <Heading text="Your account" />
      <Answered answer={answer}>
        {({ viewer: { passkeys, sessions, identities, recoveryCodesLeft } }) => (
          <>
            <Invitation passkeys={passkeys.length} codes={recoveryCodesLeft} />
            <dl class="figures">
              <Figure name="Passkeys" path="/account/passkeys" value={passkeys.length} />
              <Figure name="Recovery codes left" path="/account/recovery" value={recoveryCodesLeft} />
              <Figure name="Sessions" path="/account/sessions" value={sessions.length} />
              <Figure name="Linked sites" path="/account/sites" value={identities.length} />
            </dl>
            <Name viewer={viewer} reload={reload} />
            <Section heading="Account ID" about="If you ask the operator for help, they find your account by this ID. It can’t be used to sign in.">
              <p>
                <Value text={viewer.id} of="account ID" />
              </p>
            </Section>
          </>
        )}
      </Answered>
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

function Name({ viewer, reload }: { viewer: Viewer; reload: () => Promise<void> }) {
  const act = useAct();
  const [name, setName] = useState(viewer.displayName);
  const save = async () => {
    await ask(RENAME, { name: name.trim() });
    await reload();
    say("Saved");
    void signal();
  };
  return (
    <Section heading="Your name" about="You see it in the widget, and when your device asks which account to open. Sites don’t see it. If you help run a site’s console, its other members see it there. The operator can look up your account by it.">
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(save);
        }}
      >
        <Field
          label="Name"
          value={name}
          maxLength={80}
          autocomplete="off"
          error={act.trouble}
          onInput={(value) => {
            setName(value);
            act.clear();
          }}
        />
        <Button type="submit" busy={act.busy}>
          Save
        </Button>
      </form>
    </Section>
  );
}
