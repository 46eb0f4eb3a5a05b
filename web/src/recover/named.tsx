import { Moment } from "../part/moment";
import type { Account } from "./account";

/** Whose account it is, and what happens to the one that is signed in here: said before anything is done. */
export function Named({ account }: { account: Account }) {
  const { displayName, createdAt, passkeys, signedInAs } = account;
  return (
    <>
      <p>
        This opens the account of{" "}
        <strong>
          <bdi>{displayName}</bdi>
        </strong>
        , made <Moment at={createdAt} />, with {passkeys === 1 ? "one passkey" : `${passkeys || "no"} passkeys`}.
      </p>
      {signedInAs === undefined ? (
        <p>If that is not your account, close this page: what you write in it can be read by the person whose account it is.</p>
      ) : (
        <p>
          <strong>
            You are signed in here as <bdi>{signedInAs}</bdi>, another account.
          </strong>{" "}
          If you go on, that account is signed out in this browser, and what you write can be read by the person whose account this is.
        </p>
      )}
    </>
  );
}
