// The recovery page for people who lost every passkey: with a recovery code or an operator's link.
import { useEffect, useRef, useState } from "preact/hooks";
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
import { nameAccount, readFragment, type Account, type Key } from "./recover/account";
import { Named } from "./recover/named";
import { Unsupported } from "./session/unsupported";

/** The token in the link. It is removed from the address, where somebody could see or store it. */
const { token, other } = readFragment(location.hash);
if (location.hash) history.replaceState(null, "", location.pathname);
addEventListener("hashchange", () => location.reload()); // a link that is pasted into this page's address

function Recover() {
  const [name, setName] = useState<string | null>(null);
  return (
    <>
      <Header />
      <main class="entrance">{name !== null ? <Recovered name={name} /> : <Way onRecovered={(recovered) => (setName(recovered), focusHeading())} />}</main>
    </>
  );
}

/** The recovery form. It first names the account, then creates a passkey. */
function Way({ onRecovered }: { onRecovered: (name: string) => void }) {
  const act = useAct();
  const [code, setCode] = useState("");
  const [account, setAccount] = useState<Account | null>(null);
  const [status, setStatus] = useState("");
  const made = useRef<Proof | null>(null); // created, but not yet at the server: a retry needs no second prompt
  const key: Key = token ? { link: token } : { code: code.trim() };

  const look = () => act.run(async () => setAccount(await nameAccount(key)));
  useEffect(() => {
    if (token && supported()) void look();
  }, []);

  const recover = () =>
    act.run(async () => {
      setStatus("One moment…");
      try {
        made.current ??= await prove("recovery", () => setStatus("Your device is asking for your fingerprint, face or screen lock."), {
          ...key,
          instead: account?.signedInAs !== undefined,
        });
        setStatus("Checking…");
        onRecovered((await finish(made.current)).displayName);
      } catch (error) {
        if (error instanceof Refused) {
          made.current = null;
          if (error.code === "signed_in_as_other") setAccount(await nameAccount(key)); // signed in meanwhile: name the account
          if (error.code === "recovery_refused") setAccount(null);
        }
        throw error;
      } finally {
        setStatus("");
      }
    });

  return (
    <>
      <Heading text={token ? "Create a new passkey" : "Lost your passkey?"} />
      <p>
        {token
          ? `The operator of ${location.host} sent you this link to recover your account. This link works once.`
          : "Use one of your recovery codes to create a new passkey on this device. The code is used up only if that works."}
      </p>
      {other && <p class="quiet">This link can’t recover an account. A recovery code never comes in a link: enter one of your own.</p>}
      {supported() ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void (account ? recover() : look());
          }}
        >
          {!token && (
            <Field
              label="Recovery code"
              value={code}
              code
              autocomplete="off"
              error={act.trouble}
              onInput={(value) => {
                made.current = null;
                setCode(value);
                setAccount(null);
                act.clear();
              }}
            />
          )}
          {account && <Named account={account} />}
          <div class="acts">
            <Button kind="first" type="submit" busy={act.busy}>
              {account ? "Create a new passkey" : token ? "Try again" : "Find the account"}
            </Button>
            {account?.signedInAs !== undefined && (
              <a class="button" href="/account">
                Stay signed in as <bdi>{account.signedInAs}</bdi>
              </a>
            )}
          </div>
          {token && <Trouble text={act.trouble} />}
          <p role="status">{status}</p>
        </form>
      ) : (
        <Unsupported link={token !== ""} />
      )}
      {!token && <p class="quiet">No code either? The operator of {location.host} can send you a link.</p>}
      <p class="quiet">
        <a href="/account">Sign in with a passkey</a>
      </p>
    </>
  );
}

/** The page after a recovery. Old passkeys still open the account until they are removed. */
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

start("Open the account that you recovered.", <Recover />);
