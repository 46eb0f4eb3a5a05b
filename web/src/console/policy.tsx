import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { sure } from "../part/dialog";
import { Check } from "../part/check";
import { Choice } from "../part/field";
import { Answered } from "../part/state";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { POLICY, UPDATE_TENANT, type AssertionPolicy, type Policy } from "./documents";
import type { Inside } from "./inside";

/** The tenant's policy on assertions. */
export function PolicyPlace({ tenant, admin }: Inside) {
  const answer = useAnswer(POLICY, { tenant });
  return (
    <>
      <Heading text="Policy" />
      <p class="about">What your site can or must say about its visitors. Takes effect immediately.</p>
      <Answered answer={answer}>{({ tenant: { policy } }) => <Form tenant={tenant} admin={admin} policy={policy} reload={answer.reload} />}</Answered>
    </>
  );
}

function Form({ tenant, admin, policy, reload }: { tenant: string; admin: boolean; policy: Policy; reload: () => Promise<void> }) {
  const act = useAct();
  const [wanted, setWanted] = useState(policy);
  const change = (part: Partial<Policy>) => {
    setWanted((before) => ({ ...before, ...part }));
    act.clear();
  };
  const save = async () => {
    if (wanted.vouchedAccounts && !policy.vouchedAccounts) {
      const yes = await sure({
        heading: "Vouch for your visitors?",
        text: "Visitors that your backend vouches for get notes without a passkey, and your backend can read those notes. Visitors see this wherever they see the notes.",
        act: "Vouch for accounts",
      });
      if (!yes) return;
    }
    await ask(UPDATE_TENANT, { input: { tenant, ...wanted } });
    await reload();
    say("Saved");
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act.run(save);
      }}
    >
      <Choice
        label="Assertions"
        value={wanted.assertion}
        options={[
          { value: "OPTIONAL", label: "Optional: visitors sign in with or without one" },
          { value: "REQUIRED", label: "Required: nobody signs in without one" },
          { value: "NONE", label: "None: assertions are refused" },
        ]}
        onChange={(value) => change({ assertion: value as AssertionPolicy, ...(value === "NONE" ? { vouchedAccounts: false } : {}) })}
      />
      <Check
        label="Require a nonce"
        hint="An assertion must be made for the widget that presents it. Your backend puts the nonce that it is given into the JWT."
        checked={wanted.requireNonce}
        onChange={(requireNonce) => change({ requireNonce })}
      />
      <Check
        label="Vouch for accounts"
        hint="Your assertion alone opens a visitor’s notes, which your backend can read. A visitor who adds a passkey makes them private."
        checked={wanted.vouchedAccounts}
        onChange={(vouchedAccounts) => change({ vouchedAccounts })}
      />
      <Trouble text={act.trouble} />
      {admin && (
        <div class="acts more">
          <Button kind="first" type="submit" busy={act.busy}>
            Save policy
          </Button>
        </div>
      )}
    </form>
  );
}
