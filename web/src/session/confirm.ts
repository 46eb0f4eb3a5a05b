import { Refused } from "../http/post";
import { say } from "../part/toast";
import { finish, prove } from "../passkey/ceremony";
import { signIn } from "./door";

let asking: Promise<void> | null = null;

/** Asks the person to confirm with a passkey. Rejects if they or their device decline. */
function confirm(): Promise<void> {
  return (asking ??= ceremony().finally(() => {
    asking = null;
    say("");
  }));
}

async function ceremony(): Promise<void> {
  await finish(await prove("confirmation", () => say("Confirm that it’s you with your fingerprint, face or screen lock.")));
}

/**
 * Runs an action that may need a sign-in or a recent passkey confirmation. If it does, trusted asks for it and then runs the
 * action again.
 */
export async function trusted<Result>(act: () => Promise<Result>): Promise<Result> {
  for (let confirmed = false; ; ) {
    try {
      return await act();
    } catch (error) {
      const code = error instanceof Refused ? error.code : "";
      if (code.toUpperCase() === "UNAUTHENTICATED") {
        await signIn();
      } else if (code === "confirmation_required" && !confirmed) {
        await trusted(confirm);
        confirmed = true;
      } else {
        throw error;
      }
    }
  }
}
