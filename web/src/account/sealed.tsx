// The account page of an account that is end-to-end encrypted: its notes are opened here, or it says how to unlock them.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { post, RefusedError } from "../http/post";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Field } from "../component/field";
import { ErrorMessage, Loading } from "../component/state";
import { openNotesInBrowser } from "../encryption/account_notes";
import { contentKeyOf, keepContentKey } from "../encryption/content_key_store";
import { useFreshPasskey } from "../encryption/fresh_key";
import { openByCode } from "../encryption/recovery";
import { loadTexts, t } from "../encryption/text";
import { findAccount } from "../recover/account";

/** Loads what the page needs of end-to-end encryption, then draws it. */
export function Sealed({ children }: { children: ComponentChildren }) {
  const [state, setState] = useState<{ handle: string; locked: boolean } | null>(null);
  useEffect(() => {
    const load = async () => {
      const [{ userId }] = await Promise.all([post<{ userId: string }>("/passkeys/accepted", {}), loadTexts()]);
      openNotesInBrowser(userId);
      setState({ handle: userId, locked: !(await contentKeyOf(userId)) });
    };
    load().catch(() => setTimeout(() => location.reload(), 5_000)); // without a network, nothing else works here either
  }, []);
  if (!state) return <Loading />;
  return (
    <>
      {state.locked ? <Locked handle={state.handle} /> : <p class="quiet sealed">{t("sealedHere")}</p>}
      {children}
    </>
  );
}

/** The ways to unlock. */
function Locked({ handle }: { handle: string }) {
  const action = useAction();
  const [code, setCode] = useState("");
  const byPasskey = async () => {
    const { key } = await useFreshPasskey(); // which unlocks, if the passkey can
    if (!(await contentKeyOf(key.handle))) throw new RefusedError("not_opened", t("otherPasskey"));
    location.reload();
  };
  const byCode = async () => {
    const { key } = await findAccount({ code });
    const bytes = key && (await openByCode(code, key).catch(() => null));
    if (!bytes || key.handle !== handle) throw new RefusedError("not_opened", t("codeRefused"));
    await keepContentKey(handle, bytes);
    location.reload();
  };
  return (
    <section class="notice" aria-labelledby="locked">
      <h2 id="locked">{t("locked")}</h2>
      <p>{t("lockedHow")}</p>
      <div class="acts">
        <Button kind="first" busy={action.busy} onClick={() => void action.run(byPasskey)}>
          {t("unlock")}
        </Button>
      </div>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(byCode);
        }}
      >
        <Field label={t("code")} value={code} code autocomplete="off" onInput={setCode} />
        <Button type="submit" busy={action.busy}>
          {t("unlockByCode")}
        </Button>
      </form>
      <ErrorMessage text={action.error} />
    </section>
  );
}
