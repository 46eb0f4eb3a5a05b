// The widget as a public OAuth client: pushed requests (RFC 9126), PKCE (RFC 7636) and DPoP-bound tokens (RFC 9449).
import type { Attempt, AuthorizationResponse, Session } from "../session";
import { config, digest, newKeyPair, pageURL, post, Problem, postWithProof, publicJWK, randomToken } from "../shared";

/** Identity is the result of exchanging an assertion or a ticket (RFC 8693). It names the visitor, and opens nothing. */
export interface Identity {
  handle: string;
  subject: string;
  /** When the handle expires, by the clock of this browser. */
  until: number;
}

/** Pushes an authorization request for the page at embedOrigin, and for the visitor of the handle ("" for nobody). It throws a Problem. */
export async function push(mode: "web_message" | "query", embedOrigin: string, key: CryptoKeyPair, handle: string): Promise<Attempt> {
  const [state, verifier] = [randomToken(), randomToken()];
  const transfer = END_TO_END ? await newKeyPair("ECDH", "deriveBits") : null;
  const body = new URLSearchParams({
    client_id: config.tenant.key,
    response_type: "code",
    response_mode: mode,
    redirect_uri: pageURL,
    code_challenge: await digest(verifier),
    code_challenge_method: "S256",
    state,
    scope: "notes",
    dpop_jkt: await digest(await publicJWK(key)), // its thumbprint (RFC 7638)
    embed_origin: embedOrigin,
    ...(END_TO_END && { content_key_jwk: await publicJWK(transfer!) }),
    ui_locales: document.documentElement.lang, // the window then speaks the language of this document
    ...(handle && { identity_handle: handle }),
  });
  const { request_uri } = await parseResponse(post("/oauth/par", { body }));
  if (!request_uri) throw new Problem("network");
  return { requestURI: request_uri, state, verifier, key, ...(END_TO_END && { transfer: transfer! }) };
}

/** Returns the URL where the person signs in for the attempt. */
export function authorizeURL({ requestURI }: Attempt): string {
  const query = new URLSearchParams({ client_id: config.tenant.key, request_uri: requestURI });
  return `${config.accountOrigin}/oauth/authorize?${query}`;
}

/** Reports whether the response answers the attempt and comes from our server (RFC 9207 §2.4). */
export function answersAttempt({ state }: Attempt, response: AuthorizationResponse): boolean {
  return response.state === state && response.iss === config.accountOrigin;
}

/** Redeems the code of a response for a session. It throws a Problem, also for an error response. */
export async function redeem(attempt: Attempt, response: AuthorizationResponse): Promise<Session> {
  if (response.error || !response.code) throw new Problem(response.error ?? "network");
  const { key } = attempt;
  const tokens = await requestToken(key, "authorization_code", { code: response.code, redirect_uri: pageURL, code_verifier: attempt.verifier });
  return { token: tokens.access_token, key, subject: tokens.subject_hash, ...(END_TO_END && { transfer: response.content_key && [response.content_key, attempt] }) };
}

interface Answer {
  request_uri?: string;
  access_token?: string;
  subject_hash?: string;
  expires_in?: number;
}

/** Requests a token, bound to the key. It throws a Problem. */
export async function requestToken(key: CryptoKeyPair, type: string, values: Record<string, string>): Promise<Answer & { access_token: string }> {
  const body = new URLSearchParams({ grant_type: type, client_id: config.tenant.key, ...values });
  const { access_token, ...rest } = await parseResponse(postWithProof(key, "/oauth/token", { body }));
  if (!access_token) throw new Problem("network");
  return { access_token, ...rest };
}

async function parseResponse(request: Promise<Response>): Promise<Answer> {
  const response = await request.catch(() => {
    throw new Problem("network");
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(body.error ?? "network", body.error_description);
  return body;
}
