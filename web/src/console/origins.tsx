import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { Field } from "../component/field";
import { Row, Rows } from "../component/rows";
import { QueryResult, Empty, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { CopyButton } from "../component/copy";
import { ADD_ORIGIN, ORIGINS, REMOVE_ORIGIN } from "./documents";
import type { TenantPageProps } from "./tenant_page";

/** The origins that can show the widget. */
export function Origins({ tenant, admin }: TenantPageProps) {
  const query = useQuery(ORIGINS, { tenant });
  return (
    <>
      <Heading text="Embed origins" />
      <p class="about">Only pages on these origins can show your widget. Changes take effect within 5 seconds, on open pages too.</p>
      {admin && <AddOrigin tenant={tenant} reload={query.reload} />}
      <QueryResult query={query}>
        {({ tenant: { embedOrigins, policy } }) =>
          embedOrigins.length === 0 ? (
            <Empty heading="No page can show your widget yet.">
              <p>Add the origin of your site: its address up to the first slash after the host.</p>
            </Empty>
          ) : (
            <Rows label="Embed origins">
              {embedOrigins.map((origin) => (
                <Origin key={origin} tenant={tenant} admin={admin} origin={origin} wildcards={policy.wildcardOrigins} reload={query.reload} />
              ))}
            </Rows>
          )
        }
      </QueryResult>
    </>
  );
}

function AddOrigin({ tenant, reload }: { tenant: string; reload: () => Promise<void> }) {
  const action = useAction();
  const [origin, setOrigin] = useState("");
  const add = async () => {
    await request(ADD_ORIGIN, { tenant, origin: origin.trim() });
    await reload();
    setOrigin("");
    showToast("Added");
  };
  return (
    <form
      class="line"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(add);
      }}
    >
      <Field
        label="Origin"
        code
        value={origin}
        placeholder="https://www.your.example"
        autocomplete="off"
        error={action.error}
        onInput={(value) => {
          setOrigin(value);
          action.clear();
        }}
      />
      <Button kind="first" type="submit" busy={action.busy}>
        Add origin
      </Button>
    </form>
  );
}

function Origin({ tenant, origin, admin, wildcards, reload }: { tenant: string; origin: string; admin: boolean; wildcards: boolean; reload: () => Promise<void> }) {
  const action = useAction();
  const remove = async () => {
    const yes = await askConfirmation({
      heading: `Remove ${origin}?`,
      text: "Its pages stop showing the widget, and visitors who are signed in there are signed out. Their notes stay.",
      button: "Remove",
    });
    if (!yes) return;
    await request(REMOVE_ORIGIN, { tenant, origin });
    await reload();
    showToast(`${origin} was removed`);
    focusHeading();
  };
  return (
    <Row
      title={<code>{origin}</code>}
      facts={origin.includes("*") && <span class="trouble">{wildcards ? "Anyone who can publish a page on these hosts can show your widget." : "Not in effect: your policy doesn’t allow wildcard origins."}</span>}
      actions={
        <>
          <CopyButton text={origin} of={origin} />
          {admin && (
            <Button label={`Remove ${origin}`} busy={action.busy} onClick={() => void action.run(remove)}>
              Remove
            </Button>
          )}
        </>
      }
    >
      <ErrorMessage text={action.error} />
    </Row>
  );
}
