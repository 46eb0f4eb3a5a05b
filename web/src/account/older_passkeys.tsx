import { useQuery } from "../graphql/query";
import { Rows } from "../component/rows";
import { QueryResult } from "../component/state";
import { PASSKEYS } from "./documents";
import { Card } from "./passkeys";
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
            <Rows label={t("olderPasskeysLabel")}>
              {passkeys.slice(0, -1).map((passkey) => (
                <Card key={passkey.id} passkey={passkey} reload={query.reload} />
              ))}
            </Rows>
          </>
        )
      }
    </QueryResult>
  );
}
