// Recovery in the popup, which loads this module with the extras.
import { recoveryProof } from "../encryption/recovery_proof";
import { finishRecovery } from "../encryption/recovery_unlock";
import { signalAccount } from "../passkey/signal";
import type { PopupModules } from "./modules";

/** An older passkey that still opens the account. */
export interface OlderPasskey {
  id: string;
  name: string;
  createdAt: string;
}

interface Answer<Data> {
  data?: Data;
  errors?: [{ message: string; extensions: { code: string; reason?: string } }];
}

/** Creates a new passkey with a recovery code, and returns the account's name. The person chose not to continue with another account. */
export async function recover({ runCeremony, finishCeremony, onPrompt }: PopupModules, code: string): Promise<string> {
  const run = (proof: object) => runCeremony("recovery", onPrompt, { ...proof, instead: true });
  const made = await run(await recoveryProof(code)).catch((error) => {
    if (error.code !== "recovery_code_old") throw error;
    return run({ code }); // the server made it, and knows no proof
  });
  return (await finishRecovery(made, code, finishCeremony, () => runCeremony("confirmation", onPrompt))).displayName;
}

/** Returns the older passkeys. An error doesn't stop the recovery. */
export async function olderPasskeys({ post }: PopupModules): Promise<OlderPasskey[]> {
  const answer = await post<Answer<{ viewer: { passkeys: OlderPasskey[] } }>>("/graphql", { query: "{viewer{passkeys{id name createdAt}}}" }).catch(() => null);
  return (answer?.data?.viewer.passkeys ?? []).slice(0, -1); // the oldest is first
}

/** Removes a passkey. The first removal asks for the new passkey, since a recovery code alone can't remove anything. */
export async function removePasskey({ runCeremony, finishCeremony, onPrompt, ...http }: PopupModules, id: string): Promise<void> {
  for (let confirmed = false; ; confirmed = true) {
    const response = await http.sendJSON("/graphql", { query: "mutation($id:ID!){deletePasskey(id:$id){id}}", variables: { id } });
    const answer = (await http.readJSON(response)) as Answer<unknown> | null;
    if (answer?.data && !answer.errors) break;
    const { message, extensions } = answer?.errors?.[0] ?? { message: "", extensions: { code: "INTERNAL" } };
    if (confirmed || extensions.reason !== "confirmation_required") throw new http.RefusedError(extensions.code.toLowerCase(), message, http.responseDetail(response));
    await finishCeremony(await runCeremony("confirmation", onPrompt));
  }
  void signalAccount();
}
