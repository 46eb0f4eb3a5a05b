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
import { Settings } from "./settings";

/** The tenant's policy on assertions. */
export function PolicyPage({ tenant, admin }: TenantPageProps) {
  const query = useQuery(POLICY, { tenant });
  return (
    <>
      <Heading text="Policy" />
      <p class="about">What your site can or must say about its visitors. Takes effect immediately.</p>
      <QueryResult query={query}>{({ tenant: { policy } }) => (admin ? <PolicyForm tenant={tenant} policy={policy} reload={query.reload} /> : <Settings list={[["Assertions", assertions[policy.assertion]], ["Require a nonce", yesOrNo(policy.requireNonce)], ["Vouch for accounts", yesOrNo(policy.vouchedAccounts)], ["Allow wildcard origins", yesOrNo(policy.wildcardOrigins)]]} />)}</QueryResult>
    </>
  );
}

const yesOrNo = (yes: boolean) => (yes ? "Yes" : "No");

const assertions: Record<AssertionPolicy, string> = {
  OPTIONAL: "Optional: visitors sign in with or without one",
  REQUIRED: "Required: nobody signs in without one",
  NONE: "None: assertions are refused",
};

function PolicyForm({ tenant, policy, reload }: { tenant: string; policy: Policy; reload: () => Promise<void> }) {
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
        text: "Visitors that your backend vouches for get notes without a passkey, and your backend can read those notes. Visitors see this beside their notes.",
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
        options={Object.entries(assertions).map(([value, label]) => ({ value, label }))}
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
      <Checkbox
        label="Allow wildcard origins"
        hint="An embed origin like https://*.preview.example lets every host below preview.example show your widget. Turning this off signs out visitors there."
        checked={values.wildcardOrigins}
        onChange={(wildcardOrigins) => change({ wildcardOrigins })}
      />
      <ErrorMessage text={action.error} />
      <div class="acts more">
        <Button kind="first" type="submit" busy={action.busy}>
          Save policy
        </Button>
      </div>
    </form>
  );
}
