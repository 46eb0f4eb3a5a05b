// What a ceremony gives: the device's answer, and the server's.
import type { CredentialJSON } from "./json_by_hand";
import type { AccountKey, PasskeyKey } from "./wrapped_key";

/** What a finished ceremony answers. The person is signed in: the account cookie is set. */
export interface Account {
  displayName: string;
  key: PasskeyKey;
}

/** The device's answer, for the server. */
export interface CeremonyResult {
  kind: Kind;
  ceremony: string;
  credential: CredentialJSON;
  /** The id that the passkey has, if the ceremony has made one. */
  passkey?: string;
  /** With recovery: what the server has of the content key for the code. */
  key?: AccountKey;
  /** The content key, wrapped by the passkey (encryption/). */
  wrap?: { generation: number; wrap: string };
  /** The credential with the passkey's secret, which stays on this device. */
  secret: PublicKeyCredential;
}

/** login and registration: for anyone. addition and confirmation: for the signed-in account. recovery: for the code's account. */
export type Kind = "login" | "registration" | "addition" | "confirmation" | "recovery";
