import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { RefusedError } from "../http/post";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Dialog, askConfirmation } from "../component/dialog";
import { Field } from "../component/field";
import { RelativeTime } from "../component/time";
import { Row, Rows } from "../component/rows";
import { QueryResult, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { finishCeremony, runCeremony, type CeremonyResult } from "../passkey/ceremony";
import { signalAccount } from "../passkey/signal";
import { withConfirmation } from "../session/confirm";
import { DELETE_PASSKEY, PASSKEYS, RENAME_PASSKEY, type Passkey } from "./documents";
import { LockoutWarning } from "./lockout_warning";

/** The account's passkeys. */
export function Passkeys() {
  const query = useQuery(PASSKEYS);
  const action = useAction();
  const add = () =>
    action.run(async () => {
      await finishCeremony(await withConfirmation(device));
      await query.reload();
      showToast("Passkey added");
    });

  return (
    <>
      <Heading
        text="Passkeys"
        actions={
          <Button kind="first" busy={action.busy} onClick={() => void add()}>
            Add a passkey
          </Button>
        }
      />
      <p class="about">Each passkey opens your account with your fingerprint, face or screen lock.</p>
      <ErrorMessage text={action.error} />
      <QueryResult query={query}>
        {({ viewer }) => (
          <>
            <Rows label="Passkeys">
              {viewer.passkeys.map((passkey) => (
                <Card key={passkey.id} passkey={passkey} reload={query.reload} />
              ))}
            </Rows>
            <LockoutWarning passkeys={viewer.passkeys.length} codes={viewer.recoveryCodesLeft} />
          </>
        )}
      </QueryResult>
    </>
  );
}

/** Creates a passkey on the device, unless it already has one. */
async function device(): Promise<CeremonyResult> {
  try {
    return await runCeremony("addition", () => showToast("Your device is asking for your fingerprint, face or screen lock."));
  } catch (error) {
    showToast("");
    if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
    throw new RefusedError("passkey_known", "This device already has a passkey for your account. To add another device, choose it in the prompt.");
  }
}

export function Card({ passkey, reload }: { passkey: Passkey; reload: () => Promise<void> }) {
  const action = useAction();
  const [renaming, setRenaming] = useState(false);
  const remove = async () => {
    const yes = await askConfirmation({
      heading: `Remove “${passkey.name}”?`,
      text: "It will no longer open your account, and everyone who signed in with it is signed out. You can add it again at any time.",
      button: "Remove",
    });
    if (!yes) return;
    await request(DELETE_PASSKEY, { id: passkey.id });
    await reload();
    showToast("Passkey removed");
    focusHeading();
    void signalAccount();
  };

  return (
    <Row
      title={passkey.name}
      facts={
        <>
          {passkey.provider && passkey.provider !== passkey.name && <span>{passkey.provider}</span>}
          <span>{passkey.backedUp ? "Backed up" : "On one device only"}</span>
          <span>
            Added <RelativeTime at={passkey.createdAt} />
          </span>
          <span>{passkey.lastUsedAt ? <>Used <RelativeTime at={passkey.lastUsedAt} /></> : "Never used"}</span>
        </>
      }
      actions={
        <>
          <Button label={`Rename ${passkey.name}`} onClick={() => setRenaming(true)}>
            Rename
          </Button>
          <Button kind="danger" label={`Remove ${passkey.name}`} busy={action.busy} onClick={() => void action.run(remove)}>
            Remove
          </Button>
        </>
      }
    >
      <ErrorMessage text={action.error} />
      {renaming && <RenamePasskey passkey={passkey} reload={reload} onClose={() => setRenaming(false)} />}
    </Row>
  );
}

function RenamePasskey({ passkey, reload, onClose }: { passkey: Passkey; reload: () => Promise<void>; onClose: () => void }) {
  const action = useAction();
  const [name, setName] = useState(passkey.name);
  const save = async () => {
    await request(RENAME_PASSKEY, { id: passkey.id, name: name.trim() });
    await reload();
    onClose();
    showToast("Saved");
  };
  return (
    <Dialog heading="Rename this passkey" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(save);
        }}
      >
        <Field label="Name" value={name} maxLength={80} onInput={setName} error={action.error} hint="Choose a name that you will recognize, like “My phone”." />
        <div class="acts">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="first" type="submit" busy={action.busy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
