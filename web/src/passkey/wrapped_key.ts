// The wrapped content key of an account, as ceremonies and recovery answer it (widget/src/encryption/key_wrap.ts).

/** AccountKey is what the server has of the content key of an account, wrapped for a passkey or for a recovery code. */
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
