import { useAct } from "../part/act";
import { Button } from "../part/button";
import { say } from "../part/toast";
import { signOut } from "./signout";

/** The name of the signed-in person, and Sign out. */
export function Who({ name }: { name: string }) {
  const act = useAct();
  const out = async () => {
    if (!(await act.run(signOut))) say("Signing out failed, so you may still be signed in. Try again.");
  };
  return (
    <div class="who">
      <bdi>{name}</bdi>
      <Button busy={act.busy} onClick={() => void out()}>
        Sign out
      </Button>
    </div>
  );
}
