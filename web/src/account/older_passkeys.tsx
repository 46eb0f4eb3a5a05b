import { useQuery } from "../graphql/query";
import { Rows } from "../component/rows";
import { QueryResult } from "../component/state";
import { PASSKEYS } from "./documents";
import { Card } from "./passkeys";

/** The passkeys from before the newest one, so that the person can remove lost ones. */
export function OlderPasskeys() {
  const query = useQuery(PASSKEYS);
  return (
    <QueryResult query={query}>
      {({ viewer: { passkeys } }) =>
        passkeys.length > 1 && (
          <>
            <p>These passkeys still open your account. Remove any that you no longer have.</p>
            <Rows label="Older passkeys">
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
