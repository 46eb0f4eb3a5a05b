import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "../component/button";
import { useAction } from "../component/action";
import { ErrorMessage } from "../component/state";
import { runCeremony, supportsPasskeys, type Kind } from "../passkey/ceremony";
import { signalAccount } from "../passkey/signal";
import { accountUsed } from "../passkey/used_account";
import { t } from "../page/text";
import { finishAndUnlock } from "./finished_ceremony";
import { completeSignIn, notice } from "./sign_in";
import { Unsupported } from "./unsupported";

/** The sign-in page. `intro` says what a passkey opens here. */
export function SignInPage({ intro }: { intro: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [shown] = useState(notice.value);
  const [status, setStatus] = useState("");
  const [asking, setAsking] = useState(false);
  const action = useAction();

  useEffect(() => {
    document.title = `${t("signIn")} – Aside`;
  }, []);

  // The focus moves together with the text, so that a key pressed after reading the new question goes there.
  useLayoutEffect(() => heading.current?.focus(), [asking]);

  const authenticate = (kind: Kind) =>
    action.run(async () => {
      setStatus(t("wait"));
      try {
        const proof = await runCeremony(kind, () => setStatus(t("prompt")), { second: asking });
        setStatus(t("checking"));
        await finishAndUnlock(proof);
        await completeSignIn();
        void signalAccount(); // for a password manager that missed a change
      } finally {
        setStatus("");
      }
    });

  return (
    <main class="entrance">
      <h1 ref={heading} tabIndex={-1}>
        {t(asking ? "secondAsk" : "signIn")}
      </h1>
      {shown && <p class="notice">{shown}</p>}
      <p>{asking ? t("secondMeans") : intro}</p>
      {supportsPasskeys() ? (
        <>
          <div class="acts">
            <Button kind="first" busy={action.busy} onClick={() => void authenticate("login")}>
              {t("signInPasskey")}
            </Button>
            <Button busy={action.busy} onClick={() => (!asking && accountUsed() ? setAsking(true) : void authenticate("registration"))}>
              {t("createAccount")}
            </Button>
          </div>
          <ErrorMessage text={action.error} />
          <p role="status">{status}</p>
          <p class="quiet">
            {t("passkeyAbout")} <a href="/recover">{t("lostPasskey")}</a>
          </p>
        </>
      ) : (
        <Unsupported />
      )}
    </main>
  );
}
