// What the token endpoint returns for an assertion of the tenant.
import type { Session } from "../session";
import { host } from "../shared";
import { requestToken, type Identity } from "./oauth";

const urn = "urn:ietf:params:oauth:";

/** Exchanges an assertion or a ticket (RFC 8693). It throws a Problem. */
export async function exchange(key: CryptoKeyPair, token: string): Promise<Identity> {
  const tokens = await requestToken(key, urn + "grant-type:token-exchange", {
    subject_token: token,
    subject_token_type: token.startsWith("tk_") ? "urn:company-a:params:oauth:token-type:ticket" : urn + "token-type:jwt",
    embed_origin: host ?? "",
  });
  return { handle: tokens.access_token, subject: tokens.subject_hash ?? "", until: Date.now() + (tokens.expires_in ?? 0) * 1000 };
}

/** Opens the account for which the tenant vouches, with an assertion or a ticket (RFC 7523). It throws a Problem. */
export async function openVouchedSession(key: CryptoKeyPair, assertion: string): Promise<Session> {
  const tokens = await requestToken(key, urn + "grant-type:jwt-bearer", { assertion, embed_origin: host! });
  return { token: tokens.access_token, key, subject: tokens.subject_hash, vouched: true };
}
