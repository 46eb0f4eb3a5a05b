// Says who your visitor is, signed with a private key that never leaves you. Node 18 or later, no packages.
import { randomUUID, sign } from "node:crypto";

const { ASIDE_TENANT, ASIDE_ORIGIN, ASIDE_KEY_ID, ASIDE_PRIVATE_KEY } = process.env; // the last: PEM, P-256

/**
 * Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
 * @param {{id: string, email?: string, name?: string}} visitor id never changes and is never given to somebody else
 * @param {string} [nonce] what the page was given
 */
export function assertion({ id, email, name }, nonce) {
  if (!ASIDE_TENANT || !ASIDE_ORIGIN) throw new Error("ASIDE_TENANT and ASIDE_ORIGIN must be set");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: ASIDE_TENANT, aud: ASIDE_ORIGIN, sub: id, iat: now, exp: now + 120, jti: randomUUID(), nonce, email, name };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = encode({ alg: "ES256", typ: "JWT", kid: ASIDE_KEY_ID }) + "." + encode(claims); // what is undefined is left out
  // Without dsaEncoding the signature would be DER, which is not what a JWT has.
  return input + "." + sign("sha256", Buffer.from(input), { key: ASIDE_PRIVATE_KEY, dsaEncoding: "ieee-p1363" }).toString("base64url");
}

// To try it: node es256.mjs customer-17 joe@shop.example "Joe Miller"
const [id, email, name, nonce] = process.argv.slice(2);
if (id) console.log(assertion({ id, email, name }, nonce));
