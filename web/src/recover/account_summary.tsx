import { rich, t } from "../account/text";
import { RelativeTime } from "../component/time";
import type { Account } from "./account";

/** Names the account, and says what happens to the signed-in one, before anything is done. */
export function AccountSummary({ account }: { account: Account }) {
  const { displayName, createdAt, passkeys, signedInAs } = account;
  return (
    <>
      <p>
        {rich("opensAccount", {
          name: (
            <strong>
              <bdi>{displayName}</bdi>
            </strong>
          ),
          time: <RelativeTime at={createdAt} />,
          passkeys: t("passkeyCount", { count: passkeys }),
        })}
      </p>
      {signedInAs === undefined ? (
        <p>{t("notYours")}</p>
      ) : (
        <p>
          <strong>{rich("otherSignedIn", { name: <bdi>{signedInAs}</bdi> })}</strong> {t("otherSignedInMeans")}
        </p>
      )}
    </>
  );
}
