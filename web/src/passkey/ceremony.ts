import { post, RefusedError } from "../http/post";
import { creationOptions, credentialJSON, requestOptions, type CredentialJSON } from "./json";
import { t } from "../text/shared";
import { signalUnknown } from "./signal";

/** The person that a finished ceremony signed in. The account cookie is set. */
export interface Account {
  displayName: string;
}

/** The device's answer, for the server. */
export interface CeremonyResult {
  kind: Kind;
  ceremony: string;
  credential: CredentialJSON;
}

/** login and registration: for anyone. addition and confirmation: for the signed-in account. recovery: for the code's account. */
export type Kind = "login" | "registration" | "addition" | "confirmation" | "recovery";

interface Begun {
  ceremony: string;
  options: object;
}

/** Returns whether this browser supports passkeys. */
export function supportsPasskeys(): boolean {
  return "PublicKeyCredential" in window && "credentials" in navigator;
}

/** Returns whether this browser sends our cookies. Without them, the server can't tell who created a passkey, and each attempt would leave one behind. */
export function cookiesEnabled(): boolean {
  return navigator.cookieEnabled;
}

/**
 * Asks the server for a challenge and a device to sign it. `hints` names kinds of devices (§5.8.7). It calls `onPrompt`
 * before the system's dialog opens. It rejects with the browser's DOMException if the person or the device declines, and
 * otherwise like post().
 */
export async function runCeremony(kind: Kind, onPrompt: () => void, body: object = {}, hints: string[] = []): Promise<CeremonyResult> {
  if (!supportsPasskeys()) throw new RefusedError("unsupported", `${t("noPasskeys")} ${t("otherBrowser")}`);
  if (!cookiesEnabled()) throw new RefusedError("cookies_blocked", `${t("noCookies")} ${t("allowCookies")}`);
  const { ceremony, options } = await post<Begun>(`/passkeys/${kind}`, body);
  onPrompt();
  const credential = await (kind === "login" || kind === "confirmation"
    ? navigator.credentials.get({ publicKey: requestOptions({ ...options, hints } as PublicKeyCredentialRequestOptionsJSON) })
    : navigator.credentials.create({ publicKey: creationOptions({ ...options, hints } as PublicKeyCredentialCreationOptionsJSON) }));
  if (!credential) throw new DOMException("no credential", "NotAllowedError"); // a password manager's way of declining
  return { kind, ceremony, credential: credentialJSON(credential as PublicKeyCredential) };
}

/** Sends the proof to the server. This is a separate step, so that a retry after a lost connection needs no second prompt. */
export async function finishCeremony<Answer = Account>({ kind, ceremony, credential }: CeremonyResult): Promise<Answer> {
  try {
    return await post<Answer>(`/passkeys/${kind}/finish`, { ceremony, credential });
  } catch (error) {
    if (error instanceof RefusedError && error.code === "passkey_unknown") signalUnknown(credential.id);
    throw error;
  }
}
