import { post } from "../http/post";
import { finish, prove } from "../passkey/ceremony";

interface Passkeys {
  data?: { viewer: { passkeys: { name: string; createdAt: string }[] } };
}

/** What was typed, as the code that it is meant to be. */
export function typedCode(): string {
  return document.querySelector<HTMLInputElement>("#code")!.value.trim();
}

/** Makes a new passkey for whoever has the code, and gives their name. */
export async function recover(code: string, prompting: () => void): Promise<string> {
  return (await finish(await prove("recovery", prompting, { code }))).displayName;
}

/** Lists the passkeys that opened the account before the new one, and still do. That it can't is no reason to stop. */
export async function listOlder(): Promise<void> {
  const answer = await post<Passkeys>("/graphql", { query: "{viewer{passkeys{name createdAt}}}" }).catch(() => ({}) as Passkeys);
  const older = (answer.data?.viewer.passkeys ?? []).slice(0, -1); // the oldest come first
  document.querySelector("#passkeys")!.replaceChildren(
    ...older.map(({ name, createdAt }) => {
      const item = document.createElement("li");
      item.textContent = `${name}, from ${new Date(createdAt).toLocaleDateString("en", { dateStyle: "medium" })}`;
      return item;
    }),
  );
  for (const id of ["older", "passkeys", "remove-older"]) document.getElementById(id)!.hidden = older.length === 0;
}
