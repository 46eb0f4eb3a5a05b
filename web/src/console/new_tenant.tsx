import { useState } from "preact/hooks";
import { request } from "../graphql/request";
import { Heading } from "../page/heading";
import { navigate } from "../page/navigation";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Field } from "../component/field";
import { CREATE_TENANT } from "./documents";
import { selfServe } from "./config";

/** The form that creates a tenant. */
export function NewTenant({ reload, first }: { reload: () => Promise<void>; first: boolean }) {
  const action = useAction();
  const [name, setName] = useState("");
  const create = async () => {
    const { createTenant } = await request(CREATE_TENANT, { name: name.trim() });
    await reload();
    navigate("/console/" + createTenant.id);
  };
  if (!selfServe) {
    return (
      <>
        <Heading text="No tenant yet" />
        <p class="about">Only the operator can create tenants here. Ask them for a tenant, then open the link that they send you.</p>
      </>
    );
  }
  return (
    <>
      <Heading text={first ? "Create a tenant" : "New tenant"} />
      <p class="about">A tenant is a company that puts the widget on its pages. One tenant covers all its sites. If a colleague has already created it, ask them for an invitation instead.</p>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(create);
        }}
      >
        <Field
          label="Name"
          value={name}
          placeholder="Hillside Tea"
          maxLength={80}
          autocomplete="organization"
          hint="Visitors see this name."
          error={action.error}
          onInput={(value) => {
            setName(value);
            action.clear();
          }}
        />
        <Button kind="first" type="submit" busy={action.busy}>
          Create tenant
        </Button>
      </form>
    </>
  );
}
