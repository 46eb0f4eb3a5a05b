import { post, read, Refused, send, sorry } from "../http/post";
import { finish, prove } from "../passkey/ceremony";
import { signal } from "../passkey/signal";

/** An older passkey that still opens the account. */
export interface Older {
  id: string;
  name: string;
  createdAt: string;
}

interface Answer<Data> {
  data?: Data;
  errors?: [{ message: string; extensions: { code: string; reason?: string } }];
}

/** Returns the typed code. */
export function typedCode(): string {
  return document.querySelector<HTMLInputElement>("#code")!.value.trim();
}

/** Creates a new passkey with a recovery code, and returns the account's name. The person chose not to continue with another account. */
export async function recover(code: string, prompting: () => void): Promise<string> {
  return (await finish(await prove("recovery", prompting, { code, instead: true }))).displayName;
}

/** Returns the older passkeys. An error doesn't stop the recovery. */
export async function olderPasskeys(): Promise<Older[]> {
  const answer = await post<Answer<{ viewer: { passkeys: Older[] } }>>("/graphql", { query: "{viewer{passkeys{id name createdAt}}}" }).catch(() => null);
  return (answer?.data?.viewer.passkeys ?? []).slice(0, -1); // the oldest is first
}

/** Removes a passkey. The first removal asks for the new passkey, since a recovery code alone can't remove anything. */
export async function removePasskey(id: string, prompting: () => void): Promise<void> {
  for (let confirmed = false; ; confirmed = true) {
    const answer = (await read(await send("/graphql", { query: "mutation($id:ID!){deletePasskey(id:$id){id}}", variables: { id } }))) as Answer<unknown> | null;
    if (answer?.data && !answer.errors) break;
    const { message, extensions } = answer?.errors?.[0] ?? { message: sorry, extensions: { code: "INTERNAL" } };
    if (confirmed || extensions.reason !== "confirmation_required") throw new Refused(extensions.code.toLowerCase(), message);
    await finish(await prove("confirmation", prompting));
  }
  void signal();
}
