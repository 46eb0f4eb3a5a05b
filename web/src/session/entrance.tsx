import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../part/button";
import { useAct } from "../part/act";
import { Trouble } from "../part/trouble";
import { finish, prove, supported, type Kind } from "../passkey/ceremony";
import { signal } from "../passkey/signal";
import { enter, notice } from "./door";
import { Unsupported } from "./unsupported";

/** The sign-in page. `opens` says what a passkey opens here. */
export function Entrance({ opens }: { opens: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [said] = useState(notice.value);
  const [status, setStatus] = useState("");
  const act = useAct();

  useEffect(() => {
    document.title = "Sign in – Aside";
    heading.current?.focus();
  }, []);

  const authenticate = (kind: Kind) =>
    act.run(async () => {
      setStatus("One moment…");
      try {
        const proof = await prove(kind, () => setStatus("Your device is asking for your fingerprint, face or screen lock."));
        setStatus("Checking…");
        await finish(proof);
        await enter();
        void signal(); // for a password manager that missed a change
      } finally {
        setStatus("");
      }
    });

  return (
    <main class="entrance">
      <h1 ref={heading} tabIndex={-1}>
        Sign in
      </h1>
      {said && <p class="notice">{said}</p>}
      <p>{opens}</p>
      {supported() ? (
        <>
          <div class="acts">
            <Button kind="first" busy={act.busy} onClick={() => void authenticate("login")}>
              Sign in with a passkey
            </Button>
            <Button busy={act.busy} onClick={() => void authenticate("registration")}>
              Create an account
            </Button>
          </div>
          <Trouble text={act.trouble} />
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
