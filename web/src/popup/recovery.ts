// Recovery in the popup, which loads this module with the extras.
import { finishRecovery, recoveryProof } from "../encryption/recovery";
import { distinctNames } from "../passkey/distinct_names";
import { signalAccount } from "../passkey/signal";
import { formatDate, line } from "../text/catalog";
import type { PopupModules } from "./interaction";
import { describeUse, explainKept } from "./passkey_text";

/** An older passkey that still opens the account. */
export interface OlderPasskey {
  id: string;
  /** A name that no other older passkey has. */
  name: string;
  /** The name, the device, and when the passkey was added and used. */
  label: string;
}

interface Passkey {
  id: string;
  name: string;
  device: string | null;
  createdAt: string;
  lastUsedAt: string | null;
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
  const answer = await post<Answer<{ viewer: { passkeys: Passkey[] } }>>("/graphql", { query: "{viewer{passkeys{id name device createdAt lastUsedAt}}}" }).catch(() => null);
  const passkeys = (answer?.data?.viewer.passkeys ?? []).slice(0, -1); // the oldest is first
  const names = distinctNames(passkeys);
  return passkeys.map(({ id, device, createdAt, lastUsedAt }) => {
    const name = names.get(id)!;
    const use = describeUse(createdAt, lastUsedAt).slice(name.includes(formatDate(createdAt)) ? 1 : 0); // the day stands in the name
    return { id, name, label: line(name, ...(device && !name.includes(device) ? [device] : []), ...use) };
  });
}

/**
 * Removes a passkey. The first removal asks for the new passkey, since a recovery code alone can't remove anything. It returns why the
 * passkey stays, or "" if it is removed.
 */
export async function removePasskey({ runCeremony, finishCeremony, onPrompt, ...http }: PopupModules, id: string): Promise<string> {
  for (let confirmed = false; ; confirmed = true) {
    const response = await http.sendJSON("/graphql", { query: "mutation($id:ID!){deletePasskey(id:$id){id}}", variables: { id } });
    const answer = (await http.readJSON(response)) as Answer<unknown> | null;
    if (answer?.data && !answer.errors) break;
    const { message, extensions } = answer?.errors?.[0] ?? { message: "", extensions: { code: "INTERNAL" } };
    const kept = explainKept(extensions.code, extensions.reason);
    if (kept) return kept;
    if (confirmed || extensions.reason !== "confirmation_required") throw new http.RefusedError(extensions.code.toLowerCase(), message, http.responseDetail(response));
    await finishCeremony(await runCeremony("confirmation", onPrompt));
  }
  void signalAccount();
  return "";
}
