import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { Heading } from "../page/heading";
import { navigate } from "../page/navigation";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { QueryResult, ErrorMessage } from "../component/state";
import { ACCEPT_INVITATION, INVITATION } from "./documents";
import { prefix, readInvitation } from "./invitation_link";

/** The token of the invitation in the address, "" for none. It is removed from the address, which others may see. */
export const invitation = readInvitation(location.hash);
if (invitation) history.replaceState(null, "", location.pathname);
addEventListener("hashchange", () => location.hash.startsWith(prefix) && location.reload()); // pasted into this page's address

/** The description of each role for the invited person. */
const roles = { OWNER: "an owner, who can do everything there", ADMIN: "an admin, who can do everything there except manage members", VIEWER: "a viewer, who can see everything and change nothing" };

/** The page that accepts an invitation. */
export function InvitationPage({ reload, displayName, onDone }: { reload: () => Promise<void>; displayName: string; onDone: () => void }) {
  const action = useAction();
  const query = useQuery(INVITATION, { token: invitation });
  const accept = async () => {
    const { acceptInvitation } = await request(ACCEPT_INVITATION, { token: invitation });
    await reload();
    onDone();
    navigate("/console/" + acceptInvitation.id);
  };
  return (
    <>
      <Heading text="You’re invited" />
      <QueryResult query={query}>
        {({ invitation: offered }) =>
          offered === null ? (
            <>
              <p class="about">This invitation is invalid, has expired or was already accepted. Ask for a new one.</p>
              <div class="acts more">
                <Button onClick={onDone}>Continue</Button>
              </div>
            </>
          ) : (
            <>
              <p class="about">
                <bdi>{offered.invitedBy === "the operator" ? "The operator" : offered.invitedBy}</bdi> invited you to join <strong><bdi>{offered.tenantName}</bdi></strong> as {roles[offered.role]}. You accept as <bdi>{displayName}</bdi>, and other members see that
                name. This doesn’t affect your notes.
              </p>
              <div class="acts more">
                <Button kind="first" busy={action.busy} onClick={() => void action.run(accept)}>
                  Accept invitation
                </Button>
                <Button onClick={onDone}>Not now</Button>
              </div>
            </>
          )
        }
      </QueryResult>
      <ErrorMessage text={action.error} />
    </>
  );
}
