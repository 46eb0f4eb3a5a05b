// What a ceremony gives: the device's answer, and the server's, with the wrapped content key of the account.
import type { CredentialJSON } from "./json_by_hand";

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

/**
 * AccountKey is what the server has of the content key of an account, wrapped for a passkey or for a recovery code
 * (widget/src/encryption/key_wrap.ts).
 */
export interface AccountKey {
  sealing: "SERVER" | "CONVERTING" | "END_TO_END";
  /** Which content key it is, or was last; 0 for an account that never had one. */
  generation: number;
  /** The WebAuthn user handle of the account, in base64url. */
  handle: string;
  wrap: string | null;
}

/** PasskeyKey is the AccountKey of a ceremony's passkey. */
export interface PasskeyKey extends AccountKey {
  /** The id of the passkey, as the API returns it. */
  passkey: string;
}
