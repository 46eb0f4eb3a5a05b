import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { Checkbox, Choice } from "../component/field";
import { QueryResult, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { POLICY, UPDATE_TENANT, type AssertionPolicy, type Policy } from "./documents";
import type { TenantPageProps } from "./tenant_page";

/** The tenant's policy on assertions. */
export function PolicyPage({ tenant, admin }: TenantPageProps) {
  const query = useQuery(POLICY, { tenant });
  return (
    <>
      <Heading text="Policy" />
      <p class="about">What your site can or must say about its visitors. Takes effect immediately.</p>
      <QueryResult query={query}>{({ tenant: { policy } }) => <PolicyForm tenant={tenant} admin={admin} policy={policy} reload={query.reload} />}</QueryResult>
    </>
  );
}

function PolicyForm({ tenant, admin, policy, reload }: { tenant: string; admin: boolean; policy: Policy; reload: () => Promise<void> }) {
  const action = useAction();
  const [values, setValues] = useState(policy);
  const change = (part: Partial<Policy>) => {
    setValues((before) => ({ ...before, ...part }));
    action.clear();
  };
  const save = async () => {
    if (values.vouchedAccounts && !policy.vouchedAccounts) {
      const yes = await askConfirmation({
        heading: "Vouch for your visitors?",
        text: "Visitors that your backend vouches for get notes without a passkey, and your backend can read those notes. Visitors see this wherever they see the notes.",
        button: "Vouch for accounts",
      });
      if (!yes) return;
    }
    await request(UPDATE_TENANT, { input: { tenant, ...values } });
    await reload();
    showToast("Saved");
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(save);
      }}
    >
      <Choice
        label="Assertions"
        value={values.assertion}
        options={[
          { value: "OPTIONAL", label: "Optional: visitors sign in with or without one" },
          { value: "REQUIRED", label: "Required: nobody signs in without one" },
          { value: "NONE", label: "None: assertions are refused" },
        ]}
        onChange={(value) => change({ assertion: value as AssertionPolicy, ...(value === "NONE" ? { vouchedAccounts: false } : {}) })}
      />
      <Checkbox
        label="Require a nonce"
        hint="An assertion must be made for the widget that presents it. Your backend puts the nonce that it is given into the JWT."
        checked={values.requireNonce}
        onChange={(requireNonce) => change({ requireNonce })}
      />
      <Checkbox
        label="Vouch for accounts"
        hint="Your assertion alone opens a visitor’s notes, which your backend can read. A visitor who adds a passkey makes them private."
        checked={values.vouchedAccounts}
        onChange={(vouchedAccounts) => change({ vouchedAccounts })}
      />
      <ErrorMessage text={action.error} />
      {admin && (
        <div class="acts more">
          <Button kind="first" type="submit" busy={action.busy}>
            Save policy
          </Button>
        </div>
      )}
    </form>
  );
}
