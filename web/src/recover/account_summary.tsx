import { RelativeTime } from "../component/time";
import type { Account } from "./account";

/** Names the account, and says what happens to the signed-in one, before anything is done. */
export function AccountSummary({ account }: { account: Account }) {
  const { displayName, createdAt, passkeys, signedInAs } = account;
  return (
    <>
      <p>
        This opens the account of{" "}
        <strong>
          <bdi>{displayName}</bdi>
        </strong>
        , created <RelativeTime at={createdAt} />, with {passkeys === 1 ? "one passkey" : `${passkeys || "no"} passkeys`}.
      </p>
      {signedInAs === undefined ? (
        <p>If this is not your account, close this page. Its owner can read what you write in it.</p>
      ) : (
        <p>
          <strong>
            You are signed in here as <bdi>{signedInAs}</bdi>, a different account.
          </strong>{" "}
          If you continue, you are signed out of it in this browser, and the owner of the account above can read what you write.
        </p>
      )}
    </>
  );
}
