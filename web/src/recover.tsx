// The way back in for who has lost every passkey: with a recovery code, or with the link of whoever runs Aside here.
import { useRef, useState } from "preact/hooks";
import { Older } from "./account/older";
import { Refused } from "./http/post";
import { focusHeading, Heading } from "./page/heading";
import { Header } from "./page/page";
import { start } from "./page/start";
import { useAct } from "./part/act";
import { Button } from "./part/button";
import { Field } from "./part/field";
import { Trouble } from "./part/trouble";
import { finish, prove, supported, type Proof } from "./passkey/ceremony";
import { Unsupported } from "./session/unsupported";

/** What the link carries. It doesn't stay in the address, where somebody might see or keep it. */
const token = location.hash.slice(1);
if (token) history.replaceState(null, "", location.pathname);
addEventListener("hashchange", () => location.reload()); // a link that is pasted over this page's address

function Recover() {
  const act = useAct();
  const [code, setCode] = useState("");
  const [status, setStatus] = useState("");
  const [name, setName] = useState<string | null>(null);
  const made = useRef<Proof | null>(null); // by the device, and not yet at the server: no second prompt for it

  const recover = () =>
    act.run(async () => {
      setStatus("One moment…");
      try {
        made.current ??= await prove("recovery", () => setStatus("Your device is asking for your fingerprint, face or screen lock."), {
          code: token || code.trim(),
        });
        setStatus("Checking…");
        setName((await finish(made.current)).displayName);
        focusHeading();
      } catch (error) {
        if (error instanceof Refused) made.current = null;
        throw error;
      } finally {
        setStatus("");
      }
    });

  return (
    <>
      <Header />
      <main class="entrance">
        {name !== null ? (
          <Recovered name={name} />
        ) : (
          <>
            <Heading text={token ? "Make a new passkey" : "Lost your passkey?"} />
            <p>
              {token
                ? `Whoever runs Aside at ${location.host} sent you here so that you can get back in. The link works once.`
                : "With one of your recovery codes you can make a new one on this device. The code is used up when that has worked, and not before."}
            </p>
            {supported() ? (
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  void recover();
                }}
              >
                {!token && (
                  <Field label="Recovery code" value={code} code autocomplete="off" error={act.trouble} onInput={(value) => (setCode(value), act.clear())} />
                )}
                <div class="acts">
                  <Button kind="first" type="submit" busy={act.busy}>
                    Make a new passkey
                  </Button>
                </div>
                {token && <Trouble text={act.trouble} />}
                <p role="status">{status}</p>
              </form>
            ) : (
              <Unsupported link={token !== ""} />
            )}
            {!token && <p class="quiet">No code either? Whoever runs Aside at {location.host} can send you a link.</p>}
            <p class="quiet">
              <a href="/account">Sign in with a passkey</a>
            </p>
          </>
        )}
      </main>
    </>
  );
}

/** Back in: whoever has the old passkeys is, too, until they are removed. */
function Recovered({ name }: { name: string }) {
  return (
    <>
      <Heading text="Your new passkey is ready" />
      <p>
        Welcome back, <bdi>{name}</bdi>. You were signed out everywhere else.
      </p>
      <Older />
      <div class="acts">
        <a class="button first" href="/account">
          Go to your account
        </a>
      </div>
    </>
  );
}

start("Your account, after you have recovered it.", <Recover />);
