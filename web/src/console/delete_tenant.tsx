import { useState } from "preact/hooks";
import { request } from "../graphql/request";
import { navigate } from "../page/navigation";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Dialog } from "../component/dialog";
import { Field } from "../component/field";
import { Section } from "../component/section";
import { showToast } from "../component/toast";
import { ErrorMessage } from "../component/state";
import { DELETE_TENANT } from "./documents";

/** The owner's button that deletes the tenant, confirmed by its name. */
export function DeleteTenant({ tenant, name, reload }: { tenant: string; name: string; reload: () => Promise<void> }) {
  const [asking, setAsking] = useState(false);
  const action = useAction();
  const [typed, setTyped] = useState("");
  const close = () => {
    setAsking(false);
    setTyped("");
    action.clear();
  };
  const remove = async () => {
    await request(DELETE_TENANT, { tenant, name: typed });
    close();
    await reload(); // first: no page of the tenant can be read any more
    navigate("/console");
    showToast(`${name} was deleted`);
  };
  return (
    <Section heading="Delete this tenant" about="Its widget, keys, origins, members and invitations are gone for good. Visitors keep the notes that a passkey opens, at their account.">
      <Button kind="danger" onClick={() => setAsking(true)}>
        Delete tenant…
      </Button>
      {asking && (
        <Dialog heading={`Delete ${name}?`} onClose={close}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void action.run(remove);
            }}
          >
            <p>This can’t be undone. Its widget stops working on all pages right away. Notes that only your assertion opens are deleted.</p>
            <Field label={`Type “${name}” to confirm`} value={typed} autocomplete="off" error={action.field ? action.error : ""} onInput={(value) => { setTyped(value); action.clear(); }} />
            <ErrorMessage text={action.field ? "" : action.error} />
            <div class="acts">
              <Button onClick={close}>Cancel</Button>
              <Button kind="danger" type="submit" busy={action.busy}>
                Delete tenant
              </Button>
            </div>
          </form>
        </Dialog>
      )}
    </Section>
  );
}
