// Demonstrating proof of possession (RFC 9449): every request is signed with a key that can't leave this browser.
import { config } from "./config";
import { base64url, digest, secret, utf8 } from "./bytes";

const curve = { name: "ECDSA", namedCurve: "P-256" };

/** The nonce that the server asked for last, for a browser whose clock is off (RFC 9449 §8.2). */
let nonce: string | null = null;

let own: Promise<CryptoKeyPair> | undefined;

/** The one key of this document: that of a session from an earlier page, if it is told of one first, or a new one. */
export function frameKey(earlier?: CryptoKeyPair): Promise<CryptoKeyPair> {
  return (own ??= earlier ? Promise.resolve(earlier) : crypto.subtle.generateKey(curve, false, ["sign"]));
}

/** The JWK thumbprint (RFC 7638) of the public half. */
export async function thumbprint(key: CryptoKeyPair): Promise<string> {
  return digest(JSON.stringify(await publicKey(key)));
}

// The members in the order that RFC 7638 §3.2 hashes them.
async function publicKey(key: CryptoKeyPair) {
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", key.publicKey);
  return { crv, kty, x, y };
}

/** The DPoP header of one POST to path; with a token, bound to that token (RFC 9449 §4.2). */
async function proof(key: CryptoKeyPair, path: string, token?: string): Promise<string> {
  const part = (value: object) => base64url(utf8(JSON.stringify(value)));
  const signed =
    part({ typ: "dpop+jwt", alg: "ES256", jwk: await publicKey(key) }) +
    "." +
    part({
      jti: secret(),
      htm: "POST",
      htu: config.frameOrigin + path,
      iat: Math.floor(Date.now() / 1000),
      ...(token && { ath: await digest(token) }),
      ...(nonce && { nonce }),
    });
  const signature = await crypto.subtle.sign({ ...curve, hash: "SHA-256" }, key.privateKey, utf8(signed));
  return signed + "." + base64url(new Uint8Array(signature));
}

interface Post {
  body: string | URLSearchParams;
  headers?: Record<string, string>;
  keepalive?: boolean;
  signal?: AbortSignal;
}

/** Throws what fetch throws where no answer came in time, or until the signal. */
export function post(path: string, init: Post): Promise<Response> {
  return fetch(path, { signal: AbortSignal.timeout(20_000), ...init, method: "POST" });
}

/**
 * POSTs with a proof, once more where the server wants its nonce in it (RFC 9449 §8, §9).
 * Throws like post.
 */
export async function provenPost(key: CryptoKeyPair, path: string, init: Post, token?: string): Promise<Response> {
  for (let again = true; ; again = false) {
    const headers = { ...init.headers, DPoP: await proof(key, path, token), ...(token && { Authorization: "DPoP " + token }) };
    const response = await post(path, { ...init, headers });
    const asked = response.headers.get("DPoP-Nonce");
    nonce = asked ?? nonce;
    if (!again || response.ok || !asked || !(await asksForNonce(response))) return response;
  }
}

/** The token endpoint says it in the body, a protected resource in WWW-Authenticate (RFC 9449 §8, §9). */
async function asksForNonce(response: Response): Promise<boolean> {
  return ((response.headers.get("WWW-Authenticate") ?? "") + (await response.clone().text())).includes("use_dpop_nonce");
}
