// The page that turns end-to-end encryption on and off.
import { useState } from "preact/hooks";
import { activate } from "../../../widget/src/encryption/activation";
import { convertNotes } from "../../../widget/src/encryption/conversion";
import type { Sealing } from "../../../widget/src/encryption/note_input";
import { formatRecoveryCode, newRecoveryCodes, parseRecoveryCode, type RecoveryCode } from "../../../widget/src/encryption/recovery_code";
import { Problem } from "../../../widget/src/core/problem";
import { useQuery } from "../graphql/query";
import { RefusedError, UnreachableError } from "../http/post";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { Field } from "../component/field";
import { ErrorMessage, QueryResult } from "../component/state";
import { showToast } from "../component/toast";
import { keepContentKey, removeContentKey } from "../encryption/content_key_store";
import { server } from "../encryption/conversion_server";
import { ENCRYPTION } from "../encryption/documents";
import { openFreshKey, useFreshPasskey } from "../encryption/fresh_key";
import { t } from "../encryption/text";
import { handleOf, kekOf } from "../encryption/unlock";
import { Codes } from "./codes";

/** A person has seen the codes, and the passkey's secret is at hand. */
interface Beginning {
  codes: RecoveryCode[];
  passkey: string;
  kek: CryptoKey;
  handle: string;
  generation: number;
}

/** The page. A change of state loads the page again, so that everything on it knows. */
export function EncryptionPage() {
  const query = useQuery(ENCRYPTION);
  const action = useAction();
  const [beginning, setBeginning] = useState<Beginning | null>(null);
  const [status, setStatus] = useState("");

  const run = (act: () => Promise<void>) => void action.run(() => act().catch(rethrow).finally(() => setStatus("")));

  const begin = async () => {
    const { key, credential } = await useFreshPasskey();
    const kek = await kekOf(credential);
    if (!kek) throw new Problem("locked", t("noSecret"));
    setBeginning({ codes: newRecoveryCodes(), passkey: key.passkey, kek, handle: key.handle, generation: key.generation + 1 });
    focusHeading("codes");
  };

  const encrypt = async ({ codes, passkey, kek, handle, generation }: Beginning) => {
    await removeContentKey();
    (await activate(server, { id: passkey, kek, handle: handleOf({ handle }) }, codes, generation)).fill(0);
    setStatus(t("again"));
    await convert("END_TO_END");
  };

  /** Converts all notes with the key that a stored wrap gives. */
  const convert = async (to: Sealing) => {
    const { bytes, key } = await openFreshKey();
    let left: string[] = [];
    await keepContentKey(key.handle, bytes.slice());
    const sealing = await convertNotes(server, to, bytes, key.generation, ({ converted, unopened }) => {
      left = unopened;
      setStatus(t("converting", { count: converted }));
    }).finally(() => bytes.fill(0));
    if (sealing === "CONVERTING") throw new Problem("damaged", t("unopened", { count: left.length }));
    if (sealing === "SERVER") await removeContentKey();
    showToast(t(sealing === "SERVER" ? "isOff" : "isOn"));
    location.reload();
  };

  const turnOff = async () => {
    if (await askConfirmation({ heading: t("turnOffAsk"), text: t("turnOffMeans"), button: t("decrypt") })) await convert("SERVER");
  };

  return (
    <>
      <Heading text={t("only")} />
      <p class="about">{t("about")}</p>
      <QueryResult query={query}>
        {({ viewer: { sealing } }) => (
          <>
            {beginning ? (
              <CodesToSave codes={beginning.codes} busy={action.busy} onTyped={() => run(() => encrypt(beginning))} />
            ) : (
              <>
                <p>{t(sealing === "SERVER" ? "stateServer" : sealing === "END_TO_END" ? "stateEndToEnd" : "stateConverting")}</p>
                <div class="acts more">
                  {sealing === "SERVER" && (
                    <Button kind="first" busy={action.busy} onClick={() => run(begin)}>
                      {t("turnOn")}
                    </Button>
                  )}
                  {sealing === "CONVERTING" && (
                    <Button kind="first" busy={action.busy} onClick={() => run(() => convert("END_TO_END"))}>
                      {t("goOn")}
                    </Button>
                  )}
                  {sealing !== "SERVER" && (
                    <Button kind="danger" busy={action.busy} onClick={() => run(turnOff)}>
                      {t("turnOff")}
                    </Button>
                  )}
                </div>
              </>
            )}
            <p role="status">{status}</p>
            <ErrorMessage text={action.error} />
          </>
        )}
      </QueryResult>
    </>
  );
}

/** Throws a Problem as what the page explains. */
function rethrow(thrown: unknown): never {
  if (!(thrown instanceof Problem)) throw thrown;
  throw thrown.code === "network" ? new UnreachableError() : new RefusedError(/^(damaged|locked)$/.test(thrown.code) ? "not_opened" : thrown.code, thrown.message);
}

/** The new codes. The person types one back before anything is encrypted. */
function CodesToSave({ codes, busy, onTyped }: { codes: RecoveryCode[]; busy: boolean; onTyped: () => void }) {
  const [kept, setKept] = useState(false);
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  if (!kept) {
    return (
      <>
        <p>{t("codesFirst")}</p>
        <Codes codes={codes.map(formatRecoveryCode)} onKept={() => (setKept(true), focusHeading())} />
      </>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const code = parseRecoveryCode(typed);
        if (code && codes.some(({ locator, secret }) => locator === code.locator && secret === code.secret)) onTyped();
        else setWrong(true);
      }}
    >
      <Field
        label={t("typeCode")}
        hint={t("typeCodeWhy")}
        value={typed}
        code
        autocomplete="off"
        error={wrong ? t("wrongCode") : ""}
        onInput={(value) => {
          setTyped(value);
          setWrong(false);
        }}
      />
      <div class="acts">
        <Button kind="first" type="submit" busy={busy}>
          {t("encrypt")}
        </Button>
      </div>
    </form>
  );
}
