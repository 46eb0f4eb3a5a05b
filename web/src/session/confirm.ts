import { RefusedError } from "../http/post";
import { showToast } from "../component/toast";
import { runCeremony } from "../passkey/ceremony";
import { t } from "../page/text";
import { finishAndUnlock } from "./finished_ceremony";
import { signIn } from "./sign_in";

let pending: Promise<void> | null = null;

/** Asks the person to confirm with a passkey. Rejects if they or their device decline. */
function confirmWithPasskey(): Promise<void> {
  return (pending ??= confirmationCeremony().finally(() => {
    pending = null;
    showToast("");
  }));
}

async function confirmationCeremony(): Promise<void> {
  await finishAndUnlock(await runCeremony("confirmation", () => showToast(t("confirm"))));
}

/**
 * Runs an action that may need a sign-in or a recent passkey confirmation. If it does, withConfirmation asks for it and then runs the
 * action again.
 */
export async function withConfirmation<Result>(act: () => Promise<Result>): Promise<Result> {
  for (let confirmed = false; ; ) {
    try {
      return await act();
    } catch (error) {
      const code = error instanceof RefusedError ? error.code : "";
      if (code.toUpperCase() === "UNAUTHENTICATED") {
        await signIn();
      } else if (code === "confirmation_required" && !confirmed) {
        await withConfirmation(confirmWithPasskey);
        confirmed = true;
      } else {
        throw error;
      }
    }
  }
}
