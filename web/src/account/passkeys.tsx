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
import { distinctNames } from "../passkey/distinct_names";
import { signalAccount } from "../passkey/signal";
import { withConfirmation } from "../session/confirm";
import { DELETE_PASSKEY, PASSKEYS, RENAME_PASSKEY, type Passkey } from "./documents";
import { loadEncryption } from "./load_encryption";
import { LockoutWarning } from "./lockout_warning";
import { rich, t } from "./text";

/** The account's passkeys. */
export function Passkeys({ sealed }: { sealed: boolean }) {
  const query = useQuery(PASSKEYS);
  const action = useAction();
  const add = () =>
    action.run(async () => {
      const added = sealed ? await addWrapped() : await addPlain();
      await query.reload();
      showToast(added);
    });

  return (
    <>
      <Heading
        text={t("passkeys")}
        actions={
          <Button kind="first" busy={action.busy} onClick={() => void add()}>
            {t("addPasskey")}
          </Button>
        }
      />
      <p class="about">{t("passkeysAbout")}</p>
      <ErrorMessage text={action.error} />
      <QueryResult query={query}>
        {({ viewer }) => (
          <>
            <PasskeyRows label={t("passkeys")} passkeys={viewer.passkeys} shown={viewer.passkeys} reload={query.reload} />
            <LockoutWarning passkeys={viewer.passkeys.length} codes={viewer.recoveryCodesLeft} />
          </>
        )}
      </QueryResult>
    </>
  );
}

/** Adds a passkey, and returns what to say about it. */
async function addPlain(): Promise<string> {
  await finishCeremony(await withConfirmation(device));
  return t("passkeyAdded");
}

/** Does the same where the notes are end-to-end encrypted. */
async function addWrapped(): Promise<string> {
  const { addWrappedPasskey } = await loadEncryption();
  return addWrappedPasskey(device, prompt);
}

const prompt = () => showToast(t("prompt"));

/** Creates a passkey on the device, unless it already has one. */
async function device(): Promise<CeremonyResult> {
  try {
    return await runCeremony("addition", prompt);
  } catch (error) {
    showToast("");
    if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
    throw new RefusedError("passkey_known", t("passkey_known"));
  }
}

interface RowsProps {
  label: string;
  /** All passkeys of the account. */
  passkeys: Passkey[];
  shown: Passkey[];
  reload: () => Promise<void>;
}

/** Some of the account's passkeys. */
export function PasskeyRows({ label, passkeys, shown, reload }: RowsProps) {
  const names = distinctNames(passkeys);
  return (
    <Rows label={label}>
      {shown.map((passkey) => (
        <Card key={passkey.id} passkey={passkey} name={names.get(passkey.id)!} reload={reload} />
      ))}
    </Rows>
  );
}

/** A passkey. `name` tells it apart from the others in the question whether to remove it. */
function Card({ passkey, name, reload }: { passkey: Passkey; name: string; reload: () => Promise<void> }) {
  const action = useAction();
  const [renaming, setRenaming] = useState(false);
  const remove = async () => {
    const yes = await askConfirmation({
      heading: t("removeAsk", { passkey: name }),
      text: t("removePasskeyMeans"),
      button: t("remove"),
    });
    if (!yes) return;
    await request(DELETE_PASSKEY, { id: passkey.id });
    await reload();
    showToast(t("passkeyRemoved"));
    focusHeading();
    void signalAccount();
  };

  return (
    <Row
      title={passkey.name}
      facts={
        <>
          {passkey.provider && passkey.provider !== passkey.name && <span><bdi>{passkey.provider}</bdi></span>}
          {passkey.device && passkey.device !== passkey.name && <span><bdi>{passkey.device}</bdi></span>}
          <span>{t(passkey.backedUp ? "backedUp" : "oneDevice")}</span>
          <span>{rich("addedAt", { time: <RelativeTime at={passkey.createdAt} /> })}</span>
          <span>{passkey.lastUsedAt ? rich("usedAt", { time: <RelativeTime at={passkey.lastUsedAt} /> }) : t("neverUsed")}</span>
        </>
      }
      actions={
        <>
          <Button label={t("renameNamed", { name: passkey.name })} onClick={() => setRenaming(true)}>
            {t("rename")}
          </Button>
          <Button kind="danger" label={t("removeNamed", { passkey: passkey.name })} busy={action.busy} onClick={() => void action.run(remove)}>
            {t("remove")}
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
    showToast(t("saved"));
  };
  return (
    <Dialog heading={t("renamePasskey")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(save);
        }}
      >
        <Field label={t("name")} value={name} maxLength={80} onInput={setName} error={action.error} hint={t("passkeyNameHint")} />
        <div class="acts">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button kind="first" type="submit" busy={action.busy}>
            {t("save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
