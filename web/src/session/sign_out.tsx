import { useAction } from "../component/action";
import { Button } from "../component/button";
import { showToast } from "../component/toast";
import { request } from "../graphql/request";
import { t } from "../page/text";
import { CURRENT_SESSION, REVOKE_SESSION } from "./documents";
import { reloadSignedOut } from "./notice";

/** Ends the session of this page, on the server first. */
export async function signOut(): Promise<void> {
  const { viewer } = await request(CURRENT_SESSION);
  const current = viewer.sessions.find((session) => session.current);
  if (current) await request(REVOKE_SESSION, { id: current.id });
  reloadSignedOut("signed-out");
}

/** The name of the signed-in person, and Sign out. */
export function SignedInAs({ name }: { name: string }) {
  const action = useAction();
  const out = async () => {
    if (!(await action.run(signOut))) showToast(t("signOutFailed"));
  };
  return (
    <div class="who">
      <bdi>{name}</bdi>
      <Button busy={action.busy} onClick={() => void out()}>
        {t("signOut")}
      </Button>
    </div>
  );
}
