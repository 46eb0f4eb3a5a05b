// Demonstrating proof of possession (RFC 9449): every request is signed with a key that can't leave this browser.
import { config } from "./config";
import { base64url, digest, randomToken, utf8 } from "./bytes";

const algorithm = "ECDSA";

/** The last nonce of the server, which helps if the clock of this browser is wrong (RFC 9449 §8.2). */
let nonce: string | null = null;

let documentKey: Promise<CryptoKeyPair> | undefined;

/** Returns the key of this document: that of a stored session if it is given first, or a new one. */
export function frameKey(earlier?: CryptoKeyPair): Promise<CryptoKeyPair> {
  return (documentKey ??= earlier ? Promise.resolve(earlier) : newKeyPair(algorithm, "sign"));
}

/** Makes a key pair of the curve P-256. No script can read its private half. */
export function newKeyPair(name: "ECDSA" | "ECDH", use: "sign" | "deriveBits"): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name, namedCurve: "P-256" }, false, [use]);
}

/** Returns the JWK thumbprint (RFC 7638) of the public key. */
export async function thumbprint(key: CryptoKeyPair): Promise<string> {
  return digest(await publicJWK(key));
}

/** Returns the JSON of the public key, a JWK. The order of the members is that of RFC 7638 §3.2. */
export async function publicJWK(key: CryptoKeyPair): Promise<string> {
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", key.publicKey);
  return JSON.stringify({ crv, kty, x, y });
}

/** Returns the DPoP header for one POST to the path, bound to the token if there is one (RFC 9449 §4.2). */
async function proof(key: CryptoKeyPair, path: string, token?: string): Promise<string> {
  const encodePart = (json: string) => base64url(utf8(json));
  const signed =
    encodePart(`{"typ":"dpop+jwt","alg":"ES256","jwk":${await publicJWK(key)}}`) +
    "." +
    encodePart(
      JSON.stringify({
        jti: randomToken(),
        htm: "POST",
        htu: config.frameOrigin + path,
        iat: Math.floor(Date.now() / 1000),
        ...(token && { ath: await digest(token) }),
        ...(nonce && { nonce }),
      }),
    );
  const signature = await crypto.subtle.sign({ name: algorithm, hash: "SHA-256" }, key.privateKey, utf8(signed));
  return signed + "." + base64url(new Uint8Array(signature));
}

interface Post {
  body: string | URLSearchParams;
  headers?: Record<string, string>;
  keepalive?: boolean;
  signal?: AbortSignal;
}

/** POSTs, with a timeout unless there is a signal. It throws what fetch throws. */
export function post(path: string, init: Post): Promise<Response> {
  return fetch(path, { signal: AbortSignal.timeout(20_000), ...init, method: "POST" });
}

/**
 * POSTs with a proof, and again if the server asks for its nonce (RFC 9449 §8, §9).
 * It throws what fetch throws.
 */
export async function postWithProof(key: CryptoKeyPair, path: string, init: Post, token?: string): Promise<Response> {
  for (let again = true; ; again = false) {
    const headers = { ...init.headers, DPoP: await proof(key, path, token), ...(token && { Authorization: "DPoP " + token }) };
    const response = await post(path, { ...init, headers });
    const newNonce = response.headers.get("DPoP-Nonce");
    nonce = newNonce ?? nonce;
    if (!again || response.ok || !newNonce || !(await asksForNonce(response))) return response;
  }
}

/** Reports whether the server asks for its nonce: the token endpoint in the body, a protected resource in WWW-Authenticate (RFC 9449 §8, §9). */
async function asksForNonce(response: Response): Promise<boolean> {
  return ((response.headers.get("WWW-Authenticate") ?? "") + (await response.clone().text())).includes("use_dpop_nonce");
}
