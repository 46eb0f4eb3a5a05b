import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../component/button";
import { useAction } from "../component/action";
import { ErrorMessage } from "../component/state";
import { finishCeremony, runCeremony, supportsPasskeys, type Kind } from "../passkey/ceremony";
import { signalAccount } from "../passkey/signal";
import { completeSignIn, notice } from "./sign_in";
import { Unsupported } from "./unsupported";

/** The sign-in page. `intro` says what a passkey opens here. */
export function SignInPage({ intro }: { intro: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [shown] = useState(notice.value);
  const [status, setStatus] = useState("");
  const action = useAction();

  useEffect(() => {
    document.title = "Sign in – Aside";
    heading.current?.focus();
  }, []);

  const authenticate = (kind: Kind) =>
    action.run(async () => {
      setStatus("One moment…");
      try {
        const proof = await runCeremony(kind, () => setStatus("Your device is asking for your fingerprint, face or screen lock."));
        setStatus("Checking…");
        await finishCeremony(proof);
        await completeSignIn();
        void signalAccount(); // for a password manager that missed a change
      } finally {
        setStatus("");
      }
    });

  return (
    <main class="entrance">
      <h1 ref={heading} tabIndex={-1}>
        Sign in
      </h1>
      {shown && <p class="notice">{shown}</p>}
      <p>{intro}</p>
      {supportsPasskeys() ? (
        <>
          <div class="acts">
            <Button kind="first" busy={action.busy} onClick={() => void authenticate("login")}>
              Sign in with a passkey
            </Button>
            <Button busy={action.busy} onClick={() => void authenticate("registration")}>
              Create an account
            </Button>
          </div>
          <ErrorMessage text={action.error} />
          <p role="status">{status}</p>
          <p class="quiet">
            A passkey uses your fingerprint, face or screen lock. There is no password to remember. <a href="/recover">Lost your passkey?</a>
          </p>
        </>
      ) : (
        <Unsupported />
      )}
    </main>
  );
}
