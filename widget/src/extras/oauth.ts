// The widget as a public OAuth client: pushed request (RFC 9126), PKCE (RFC 7636), a DPoP-bound token (RFC 9449).
import type { AuthorizationResponse, Session } from "../session";
import { config, digest, pageURL, post, Problem, provenPost, secret, thumbprint } from "../shared";

/** A sign-in under way: what the code that comes back is only good together with. */
export interface Attempt {
  requestURI: string;
  state: string;
  verifier: string;
  key: CryptoKeyPair;
}

/** What an assertion or a ticket was exchanged for (RFC 8693): it says who is there, and opens nothing. */
export interface Identity {
  handle: string;
  subject: string;
  /** When the handle expires, in this browser's time. */
  until: number;
}

/** Pushes an authorization request for the page at embedOrigin and whoever the handle ("" for none) stands for. Throws a Problem. */
export async function push(mode: "web_message" | "query", embedOrigin: string, key: CryptoKeyPair, handle: string): Promise<Attempt> {
  const [state, verifier] = [secret(), secret()];
  const body = new URLSearchParams({
    client_id: config.tenant.key,
    response_type: "code",
    response_mode: mode,
    redirect_uri: pageURL,
    code_challenge: await digest(verifier),
    code_challenge_method: "S256",
    state,
    scope: "notes",
    dpop_jkt: await thumbprint(key),
    embed_origin: embedOrigin,
    ...(handle && { identity_handle: handle }),
  });
  const { request_uri } = await answer(post("/oauth/par", { body }));
  if (!request_uri) throw new Problem("network");
  return { requestURI: request_uri, state, verifier, key };
}

/** Where the person signs in for that attempt. */
export function authorizeURL({ requestURI }: Attempt): string {
  const query = new URLSearchParams({ client_id: config.tenant.key, request_uri: requestURI });
  return `${config.accountOrigin}/oauth/authorize?${query}`;
}

/** Whether the response answers that attempt and comes from A itself (RFC 9207 §2.4). */
export function answers({ state }: Attempt, response: AuthorizationResponse): boolean {
  return response.state === state && response.iss === config.accountOrigin;
}

/** Trades the code of a response that answers the attempt for a session. Throws a Problem, also where it carries an error. */
export async function redeem({ verifier, key }: Attempt, response: AuthorizationResponse): Promise<Session> {
  if (response.error || !response.code) throw new Problem(response.error ?? "network");
  const granted = await grant(key, "authorization_code", { code: response.code, redirect_uri: pageURL, code_verifier: verifier });
  return { token: granted.access_token, key, subject: granted.subject_hash };
}

interface Answer {
  request_uri?: string;
  access_token?: string;
  subject_hash?: string;
  expires_in?: number;
}

/** What the token endpoint gives to whoever holds the key. Throws a Problem. */
export async function grant(key: CryptoKeyPair, type: string, values: Record<string, string>): Promise<Answer & { access_token: string }> {
  const body = new URLSearchParams({ grant_type: type, client_id: config.tenant.key, ...values });
  const { access_token, ...rest } = await answer(provenPost(key, "/oauth/token", { body }));
  if (!access_token) throw new Problem("network");
  return { access_token, ...rest };
}

async function answer(request: Promise<Response>): Promise<Answer> {
  const response = await request.catch(() => {
    throw new Problem("network");
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(body.error ?? "network", body.error_description);
  return body;
}
