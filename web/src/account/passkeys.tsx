import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { Refused } from "../http/post";
import { focusHeading, Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { Dialog, sure } from "../part/dialog";
import { Field } from "../part/field";
import { Moment } from "../part/moment";
import { Row, Rows } from "../part/rows";
import { Answered } from "../part/state";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { finish, prove, type Proof } from "../passkey/ceremony";
import { signal } from "../passkey/signal";
import { trusted } from "../session/confirm";
import { DELETE_PASSKEY, PASSKEYS, RENAME_PASSKEY, type Passkey } from "./documents";
import { Invitation } from "./invitation";

/** The account's passkeys. */
export function Passkeys() {
  const answer = useAnswer(PASSKEYS);
  const act = useAct();
  const add = () =>
    act.run(async () => {
      await finish(await trusted(device));
      await answer.reload();
      say("Passkey added");
    });

  return (
    <>
      <Heading
        text="Passkeys"
        acts={
          <Button kind="first" busy={act.busy} onClick={() => void add()}>
            Add a passkey
          </Button>
        }
      />
      <p class="about">Each passkey opens your account with your fingerprint, face or screen lock.</p>
      <Trouble text={act.trouble} />
      <Answered answer={answer}>
        {({ viewer }) => (
          <>
            <Rows label="Passkeys">
              {viewer.passkeys.map((passkey) => (
                <Card key={passkey.id} passkey={passkey} reload={answer.reload} />
              ))}
            </Rows>
            <Invitation passkeys={viewer.passkeys.length} codes={viewer.recoveryCodesLeft} />
          </>
        )}
      </Answered>
    </>
  );
}

/** Creates a passkey on the device, unless it already has one. */
async function device(): Promise<Proof> {
  try {
    return await prove("addition", () => say("Your device is asking for your fingerprint, face or screen lock."));
  } catch (error) {
    say("");
    if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
    throw new Refused("passkey_known", "This device already has a passkey for your account. To add another device, choose it in the prompt.");
  }
}

export function Card({ passkey, reload }: { passkey: Passkey; reload: () => Promise<void> }) {
  const act = useAct();
  const [renaming, setRenaming] = useState(false);
  const remove = async () => {
    const yes = await sure({
      heading: `Remove “${passkey.name}”?`,
      text: "It will no longer open your account, and everyone who signed in with it is signed out. You can add it again at any time.",
      act: "Remove",
    });
    if (!yes) return;
    await ask(DELETE_PASSKEY, { id: passkey.id });
    await reload();
    say("Passkey removed");
    focusHeading();
    void signal();
  };

  return (
    <Row
      title={passkey.name}
      facts={
        <>
          {passkey.provider && passkey.provider !== passkey.name && <span>{passkey.provider}</span>}
          <span>{passkey.backedUp ? "Backed up" : "On one device only"}</span>
          <span>
            Added <Moment at={passkey.createdAt} />
          </span>
          <span>{passkey.lastUsedAt ? <>Used <Moment at={passkey.lastUsedAt} /></> : "Never used"}</span>
        </>
      }
      acts={
        <>
          <Button label={`Rename ${passkey.name}`} onClick={() => setRenaming(true)}>
            Rename
          </Button>
          <Button kind="danger" label={`Remove ${passkey.name}`} busy={act.busy} onClick={() => void act.run(remove)}>
            Remove
          </Button>
        </>
      }
    >
      <Trouble text={act.trouble} />
      {renaming && <Rename passkey={passkey} reload={reload} onClose={() => setRenaming(false)} />}
    </Row>
  );
}

function Rename({ passkey, reload, onClose }: { passkey: Passkey; reload: () => Promise<void>; onClose: () => void }) {
  const act = useAct();
  const [name, setName] = useState(passkey.name);
  const save = async () => {
    await ask(RENAME_PASSKEY, { id: passkey.id, name: name.trim() });
    await reload();
    onClose();
    say("Saved");
  };
  return (
    <Dialog heading="Rename this passkey" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(save);
        }}
      >
        <Field label="Name" value={name} maxLength={80} onInput={setName} error={act.trouble} hint="Choose a name that you will recognize, like “My phone”." />
        <div class="acts">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="first" type="submit" busy={act.busy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
