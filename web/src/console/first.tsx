import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { Heading } from "../page/heading";
import { go } from "../page/path";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { Field } from "../part/field";
import { Answered } from "../part/state";
import { Trouble } from "../part/trouble";
import { ACCEPT_INVITATION, CREATE_TENANT, INVITATION } from "./documents";
import { prefix, readInvitation } from "./invitation";
import { selfServe } from "./place";

interface Props {
  reload: () => Promise<void>;
}

/** The form that creates a tenant. */
export function NewTenant({ reload, first }: Props & { first: boolean }) {
  const act = useAct();
  const [name, setName] = useState("");
  const create = async () => {
    const { createTenant } = await ask(CREATE_TENANT, { name: name.trim() });
    await reload();
    go("/console/" + createTenant.id);
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
          void act.run(create);
        }}
      >
        <Field
          label="Name"
          value={name}
          placeholder="Hillside Tea"
          maxLength={80}
          autocomplete="organization"
          hint="Visitors see this name."
          error={act.trouble}
          onInput={(value) => {
            setName(value);
            act.clear();
          }}
        />
        <Button kind="first" type="submit" busy={act.busy}>
          Create tenant
        </Button>
      </form>
    </>
  );
}

/** The token of the invitation in the address, "" for none. It is removed from the address, which others may see. */
export const invitation = readInvitation(location.hash);
if (invitation) history.replaceState(null, "", location.pathname);
addEventListener("hashchange", () => location.hash.startsWith(prefix) && location.reload()); // pasted into this page's address

/** The description of each role for the invited person. */
const roles = { OWNER: "an owner, who can do everything there", ADMIN: "an admin, who can do everything there except manage members", VIEWER: "a viewer, who can see everything and change nothing" };

/** The page that accepts an invitation. */
export function Invited({ reload, displayName, onDone }: Props & { displayName: string; onDone: () => void }) {
  const act = useAct();
  const answer = useAnswer(INVITATION, { token: invitation });
  const accept = async () => {
    const { acceptInvitation } = await ask(ACCEPT_INVITATION, { token: invitation });
    await reload();
    onDone();
    go("/console/" + acceptInvitation.id);
  };
  return (
    <>
      <Heading text="You’re invited" />
      <Answered answer={answer}>
        {({ invitation: offered }) =>
          offered === null ? (
            <>
              <p class="about">This invitation is invalid, has expired or was already accepted. Ask for a new one.</p>
              <div class="acts more">
                <Button onClick={onDone}>Continue</Button>
              </div>
            </>
          ) : (
            <>
              <p class="about">
                You are invited to join <strong><bdi>{offered.tenantName}</bdi></strong> as {roles[offered.role]}. You accept as <bdi>{displayName}</bdi>, and other members see that
                name. This doesn’t affect your notes.
              </p>
              <div class="acts more">
                <Button kind="first" busy={act.busy} onClick={() => void act.run(accept)}>
                  Accept invitation
                </Button>
                <Button onClick={onDone}>Not now</Button>
              </div>
            </>
          )
        }
      </Answered>
      <Trouble text={act.trouble} />
    </>
  );
}
