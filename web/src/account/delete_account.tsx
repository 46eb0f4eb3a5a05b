import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { RefusedError } from "../http/post";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Checkbox, Field } from "../component/field";
import { Dialog } from "../component/dialog";
import { Section } from "../component/section";
import { QueryResult, ErrorMessage } from "../component/state";
import { acceptedPasskeys, sendSignals } from "../passkey/signal";
import { reloadSignedOut } from "../session/sign_in";
import { DELETE_ACCOUNT, OWNED } from "./documents";
import type { Site } from "./note";

/** Deletes the account. It first shows the tenants that only this account owns. */
export function DeleteAccount() {
  const query = useQuery(OWNED);
  const [asking, setAsking] = useState(false);
  return (
    <Section
      heading="Delete your account"
      about="This deletes every note of this account on every site, and your passkeys, recovery codes and links. It takes effect immediately and can’t be undone. Older backups hold an encrypted copy until they are discarded."
    >
      <QueryResult query={query}>
        {({ viewer }) => {
          const owned = viewer.tenants.filter(({ onlyOwner }) => onlyOwner).map(({ tenant }) => tenant);
          return (
            <>
              {owned.length > 0 && <Owned tenants={owned} />}
              <div class="acts more">
                <Button kind="danger" onClick={() => setAsking(true)}>
                  Delete account
                </Button>
              </div>
              {asking && <DeleteDialog owned={owned} reload={query.reload} onClose={() => setAsking(false)} />}
            </>
          );
        }}
      </QueryResult>
    </Section>
  );
}

/** The tenants that would lose their last owner with the account. */
function Owned({ tenants }: { tenants: Site[] }) {
  return (
    <>
      <p>You are the only owner of {tenants.length === 1 ? "this tenant" : "these tenants"}. Invite another owner first.</p>
      <ul class="plain-list">
        {tenants.map(({ id, name }) => (
          <li key={id}>
            <a href={`/console/${id}/members`}>
              Members of <bdi>{name}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

const word = "delete";

function DeleteDialog({ owned, reload, onClose }: { owned: Site[]; reload: () => Promise<void>; onClose: () => void }) {
  const action = useAction();
  const [typed, setTyped] = useState("");
  const [left, setLeft] = useState(false);
  const [wrong, setWrong] = useState<"" | "left" | "word">("");
  const end = async () => {
    const fault = owned.length > 0 && !left ? "left" : typed.trim().toLowerCase() !== word ? "word" : "";
    setWrong(fault);
    if (fault) return;
    await action.run(async () => {
      const last = await acceptedPasskeys();
      try {
        await request(DELETE_ACCOUNT, { leave: owned.map(({ id }) => id) });
      } catch (error) {
        if (error instanceof RefusedError && error.code === "CONFLICT") await reload(); // another owner has left in the meantime
        throw error;
      }
      await sendSignals(last && { ...last, allAcceptedCredentialIds: [] });
      reloadSignedOut("deleted");
    });
  };
  return (
    <Dialog heading="Delete your account?" onClose={onClose}>
      <p>This immediately deletes all notes of this account on all sites. You may want to export them first.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void end();
        }}
      >
        {owned.length > 0 && (
          <>
            <Owned tenants={owned} />
            <Checkbox
              label={owned.length === 1 ? "Leave it without an owner" : "Leave them without an owner"}
              hint="The widget keeps working, but only the operator can add a new owner."
              checked={left}
              error={wrong === "left" ? "Invite another owner, or check this box." : ""}
              onChange={(ticked) => {
                setLeft(ticked);
                setWrong("");
              }}
            />
          </>
        )}
        <Field
          label={`Type “${word}” to continue`}
          value={typed}
          autocomplete="off"
          code
          error={wrong === "word" ? `Type the word “${word}”.` : ""}
          onInput={(value) => {
            setTyped(value);
            setWrong("");
          }}
        />
        <ErrorMessage text={action.error} />
        <div class="acts">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" type="submit" busy={action.busy}>
            Delete forever
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
