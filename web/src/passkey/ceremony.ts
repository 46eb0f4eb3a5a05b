import { post, RefusedError } from "../http/post";
import type { Account, AccountKey, CeremonyResult, Kind } from "./ceremony_result";
import { creationOptions, credentialJSON, requestOptions } from "./json";
import { formatDate } from "../text/catalog";
import { t } from "../text/shared";
import { signalUnknown } from "./signal";

export type { Account, CeremonyResult, Kind };

interface BeginResponse {
  ceremony: string;
  options: object;
  passkey?: string;
  key?: AccountKey;
}

/** Returns whether this browser supports passkeys. */
export function supportsPasskeys(): boolean {
  return "PublicKeyCredential" in window && "credentials" in navigator;
}

/** Returns a name for a new account, without the marks that isolate a date in right-to-left text. */
function newAccountName(): string {
  return t("newName", { date: formatDate(new Date().toISOString()) }).replace(/[\u200e\u200f\u2066-\u2069]/g, "");
}

/**
 * Returns whether this browser sends our cookies. Without them, the server can't tell which browser created a passkey, and each
 * attempt would leave an unusable passkey behind.
 */
export function cookiesEnabled(): boolean {
  return navigator.cookieEnabled;
}

/**
 * Asks the server for a challenge, and then asks a device to sign it. `hints` names kinds of devices (WebAuthn L3 §5.8.7), `how` says
 * how a browser asks for a passkey that exists. It calls `onPrompt` before the system's dialog opens. It rejects with the browser's DOMException if the person or the device
 * declines, and with the errors of post().
 */
export async function runCeremony(
  kind: Kind,
  onPrompt: () => void,
  body: object = {},
  hints: string[] = [],
  how: CredentialRequestOptions = {},
): Promise<CeremonyResult> {
  if (!supportsPasskeys()) throw new RefusedError("unsupported", `${t("noPasskeys")} ${t("otherBrowser")}`);
  if (!cookiesEnabled()) throw new RefusedError("cookies_blocked", `${t("noCookies")} ${t("allowCookies")}`);
  const { options, ...begun } = await post<BeginResponse>(`/passkeys/${kind}`, kind === "registration" ? { name: newAccountName(), ...body } : body);
  onPrompt();
  const credential = await (kind === "login" || kind === "confirmation"
    ? navigator.credentials.get({ ...how, publicKey: await requestOptions({ ...options, hints } as PublicKeyCredentialRequestOptionsJSON) })
    : navigator.credentials.create({ publicKey: await creationOptions({ ...options, hints } as PublicKeyCredentialCreationOptionsJSON) }));
  if (!credential) throw new DOMException("no credential", "NotAllowedError"); // some password managers decline like this
  return { kind, ...begun, credential: await credentialJSON(credential as PublicKeyCredential), secret: credential as PublicKeyCredential };
}

/** Sends the proof to the server. This is a separate step, so that a retry after a lost connection needs no second prompt. */
export async function finishCeremony({ kind, secret: _, key: __, ...proof }: CeremonyResult): Promise<Account> {
  const { credential } = proof;
  try {
    return await post<Account>(`/passkeys/${kind}/finish`, proof);
  } catch (error) {
    if (error instanceof RefusedError && error.code === "passkey_unknown") signalUnknown(credential.id);
    throw error;
  }
}
