import { useQuery } from "../graphql/query";
import { QueryResult } from "../component/state";
import { PASSKEYS } from "./documents";
import { PasskeyRows } from "./passkeys";
import { t } from "./text";

/** The passkeys from before the newest one, so that the person can remove lost ones. */
export function OlderPasskeys() {
  const query = useQuery(PASSKEYS);
  return (
    <QueryResult query={query}>
      {({ viewer: { passkeys } }) =>
        passkeys.length > 1 && (
          <>
            <p>{t("olderStillOpen")}</p>
            <PasskeyRows label={t("olderPasskeysLabel")} passkeys={passkeys} shown={passkeys.slice(0, -1)} reload={query.reload} />
          </>
        )
      }
    </QueryResult>
  );
}
