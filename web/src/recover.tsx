// The recovery page for people who lost every passkey: with a recovery code or an operator's link.
import { useEffect, useRef, useState } from "preact/hooks";
import { OlderPasskeys } from "./account/older_passkeys";
import { rich, t } from "./account/text";
import { RefusedError } from "./http/post";
import { focusHeading, Heading } from "./page/heading";
import { Header } from "./page/page";
import { finishRecovery } from "./encryption/recovery";
import { inLanguage } from "./page/navigation";
import { start } from "./page/start";
import { useAction } from "./component/action";
import { Button } from "./component/button";
import { Field } from "./component/field";
import { ErrorMessage } from "./component/state";
import { offerPasskeys } from "./passkey/autofill";
import { finishCeremony, runCeremony, supportsPasskeys, type CeremonyResult } from "./passkey/ceremony";
import { finishAndUnlock } from "./session/finished_ceremony";
import { explainKey, findAccount, readFragment, type Account, type Key } from "./recover/account";
import { AccountSummary } from "./recover/account_summary";
import { Unsupported } from "./session/unsupported";

/** The token in the link. It is removed from the address, where somebody could see or store it. */
const { token, other } = readFragment(location.hash);
if (location.hash) history.replaceState(null, "", inLanguage(location.pathname));
addEventListener("hashchange", () => location.reload()); // a link that is pasted into this page's address

function Recover() {
  const [name, setName] = useState<string | null>(null);
  return (
    <>
      <Header />
      <main class="entrance">{name !== null ? <Recovered name={name} /> : <RecoveryForm onRecovered={(recovered) => (setName(recovered), focusHeading())} />}</main>
    </>
  );
}

/** The recovery form. It first names the account, then creates a passkey. */
function RecoveryForm({ onRecovered }: { onRecovered: (name: string) => void }) {
  const action = useAction();
  const [code, setCode] = useState("");
  const [account, setAccount] = useState<Account | null>(null);
  const [status, setStatus] = useState("");
  const [locked, setLocked] = useState("");
  const ceremony = useRef<CeremonyResult | null>(null); // created, but not yet at the server: a retry needs no second prompt
  const key: Key = token ? { link: token } : { code: code.trim() };

  const find = () =>
    action.run(async () => {
      const found = await findAccount(key);
      setAccount(found);
      if (token && found.key && found.key.sealing !== "SERVER") setLocked(await explainLockedNotes());
    });
  const onPrompt = () => setStatus(t("prompt"));
  useEffect(() => {
    if (token && supportsPasskeys()) void find();
  }, []);
  useEffect(() => {
    if (token || account || action.busy) return;
    void offerPasskeys(runCeremony).then((proof) => proof && action.run(() => finishAndUnlock(proof).then(() => location.assign(inLanguage("/account")))));
  }, [account, action.busy]); // again after a code that failed: the button ended the offer

  const recover = () =>
    action.run(async () => {
      setStatus(t("wait"));
      try {
        ceremony.current ??= await runCeremony("recovery", onPrompt, {
          ...account!.proof,
          instead: account?.signedInAs !== undefined,
        });
        setStatus(t("checking"));
        const confirm = () => runCeremony("confirmation", onPrompt);
        onRecovered((await finishRecovery(ceremony.current, code, finishCeremony, confirm)).displayName);
      } catch (error) {
        if (error instanceof RefusedError) {
          ceremony.current = null;
          if (error.code === "signed_in_as_other") setAccount(await findAccount(key)); // signed in meanwhile: name the account
          if (error.code === "recovery_refused") setAccount(null);
        }
        explainKey(key)(error);
      } finally {
        setStatus("");
      }
    });

  return (
    <>
      <Heading text={t(token ? "newPasskey" : "lostPasskey")} />
      <p>
        {rich(token ? "linkHow" : "codeHow", {})}
      </p>
      {other && <p class="quiet">{t("noCodeInLink")}</p>}
      {supportsPasskeys() ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void (account ? recover() : find());
          }}
        >
          {!token && (
            <Field
              label={t("codeField")}
              value={code}
              code
              autocomplete="one-time-code webauthn"
              error={action.error}
              onInput={(value) => {
                ceremony.current = null;
                setCode(value);
                setAccount(null);
                action.clear();
              }}
            />
          )}
          {account && <AccountSummary account={account} />}
          {account && locked && <p>{locked}</p>}
          <div class="acts">
            <Button kind="first" type="submit" busy={action.busy}>
              {t(account ? "newPasskey" : token ? "tryAgain" : "findAccount")}
            </Button>
            {account?.signedInAs !== undefined && (
              <a class="button" href="/account">
                {rich("staySignedIn", { name: <bdi>{account.signedInAs}</bdi> })}
              </a>
            )}
          </div>
          {token && <ErrorMessage text={action.error} />}
          <p role="status">{status}</p>
        </form>
      ) : (
        <Unsupported link={token !== ""} />
      )}
      {!token && <p class="quiet">{rich("noCode", { host: <Operator /> })}</p>}
      <p class="quiet">
        <a href="/account">{t("signInPasskey")}</a>
      </p>
    </>
  );
}

/** The host, which leads to its operator if there is a way to reach them. */
function Operator() {
  const { contact } = document.getElementById("app")!.dataset;
  if (!contact) return <bdi>{location.host}</bdi>;
  return (
    <a href={contact} target="_blank" rel="noopener">
      <bdi>{location.host}</bdi>
    </a>
  );
}

/** Returns what the person should know before they use an operator's link, which has no key. */
async function explainLockedNotes(): Promise<string> {
  const encryption = await import("./encryption/text");
  await encryption.loadTexts();
  return encryption.t("linkLocks");
}

/** The page after a recovery. Old passkeys still open the account until they are removed. */
function Recovered({ name }: { name: string }) {
  return (
    <>
      <Heading text={t("newPasskeyReady")} />
      <p>{rich("welcomeBack", { name: <bdi>{name}</bdi> })}</p>
      <OlderPasskeys />
      <div class="acts">
        <a class="button first" href="/account">
          {t("goToAccount")}
        </a>
      </div>
    </>
  );
}

start(t("recoverIntro"), <Recover />);
