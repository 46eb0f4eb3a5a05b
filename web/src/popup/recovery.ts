import { post, read, Refused, send, sorry } from "../http/post";
import { finish, prove } from "../passkey/ceremony";
import { signal } from "../passkey/signal";

/** A passkey that opened the account before the new one, and still does. */
export interface Older {
  id: string;
  name: string;
  createdAt: string;
}

interface Answer<Data> {
  data?: Data;
  errors?: [{ message: string; extensions: { code: string; reason?: string } }];
}

/** What was typed, as the code that it is meant to be. */
export function typedCode(): string {
  return document.querySelector<HTMLInputElement>("#code")!.value.trim();
}

/** Makes a new passkey for the person who has the code, and gives their name. They have chosen not to go on with another account. */
export async function recover(code: string, prompting: () => void): Promise<string> {
  return (await finish(await prove("recovery", prompting, { code, instead: true }))).displayName;
}

/** The older passkeys. That they can't be had is no reason to stop. */
export async function olderPasskeys(): Promise<Older[]> {
  const answer = await post<Answer<{ viewer: { passkeys: Older[] } }>>("/graphql", { query: "{viewer{passkeys{id name createdAt}}}" }).catch(() => null);
  return (answer?.data?.viewer.passkeys ?? []).slice(0, -1); // the oldest come first
}

/** Removes a passkey. The first time the new one is asked for: a recovery code alone takes nothing away from an account. */
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
