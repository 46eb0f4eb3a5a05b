import { useAnswer } from "../graphql/answer";
import { Rows } from "../part/rows";
import { Answered } from "../part/state";
import { PASSKEYS } from "./documents";
import { Card } from "./passkeys";

/** The passkeys from before the newest one, so that the person can remove lost ones. */
export function Older() {
  const answer = useAnswer(PASSKEYS);
  return (
    <Answered answer={answer}>
      {({ viewer: { passkeys } }) =>
        passkeys.length > 1 && (
          <>
            <p>These passkeys still open your account. Remove any that you no longer have.</p>
            <Rows label="Older passkeys">
              {passkeys.slice(0, -1).map((passkey) => (
                <Card key={passkey.id} passkey={passkey} reload={answer.reload} />
              ))}
            </Rows>
          </>
        )
      }
    </Answered>
  );
}
