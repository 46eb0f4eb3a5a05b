import { post, Refused } from "../http/post";
import { creationOptions, credentialJSON, requestOptions, type CredentialJSON } from "./json";
import { signalUnknown } from "./signal";

/** The person whom a finished ceremony signed in; the account's cookie is set. */
export interface Account {
  displayName: string;
}

/** What the device made, on its way to the server. */
export interface Proof {
  kind: Kind;
  ceremony: string;
  credential: CredentialJSON;
}

/** login and registration: whoever is here. addition and confirmation: for the signed-in account. recovery: for a code's. */
export type Kind = "login" | "registration" | "addition" | "confirmation" | "recovery";

interface Begun {
  ceremony: string;
  options: object;
}

/** Whether this browser can hold a passkey ceremony at all. */
export function supported(): boolean {
  return "PublicKeyCredential" in window && "credentials" in navigator;
}

/** Whether this browser sends our cookies: without them the server can't tell who has made a passkey, and each try would leave one behind. */
export function keepsCookies(): boolean {
  return navigator.cookieEnabled;
}

export const cookiesNeeded = "Allow cookies for this site in your browser’s settings, then reload this page. Nothing has been created yet.";

/**
 * Asks the server for a challenge and a device to sign it, of the kinds that `hints` name (§5.8.7) if any; `prompting` is
 * called when the system's dialog is about to open. Rejects with the browser's DOMException where the person or the device
 * declines, else as post() does.
 */
export async function prove(kind: Kind, prompting: () => void, body: object = {}, hints: string[] = []): Promise<Proof> {
  if (!supported()) throw new Refused("unsupported", "This browser can’t use passkeys. Continue in a current version of Chrome, Edge, Firefox or Safari.");
  if (!keepsCookies()) throw new Refused("cookies_blocked", "This browser blocks cookies. " + cookiesNeeded);
  const { ceremony, options } = await post<Begun>(`/passkeys/${kind}`, body);
  prompting();
  const credential = await (kind === "login" || kind === "confirmation"
    ? navigator.credentials.get({ publicKey: requestOptions({ ...options, hints } as PublicKeyCredentialRequestOptionsJSON) })
    : navigator.credentials.create({ publicKey: creationOptions({ ...options, hints } as PublicKeyCredentialCreationOptionsJSON) }));
  if (!credential) throw new DOMException("no credential", "NotAllowedError"); // a stand-in's way of declining
  return { kind, ceremony, credential: credentialJSON(credential as PublicKeyCredential) };
}

/** Hands the proof in. It is a step of its own so that a lost connection can be tried again without a second prompt. */
export async function finish<Answer = Account>({ kind, ceremony, credential }: Proof): Promise<Answer> {
  try {
    return await post<Answer>(`/passkeys/${kind}/finish`, { ceremony, credential });
  } catch (error) {
    if (error instanceof Refused && error.code === "passkey_unknown") signalUnknown(credential.id);
    throw error;
  }
}
