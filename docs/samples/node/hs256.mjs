// Says who your visitor is, signed with a secret that you share with Aside. Node 18 or later, no packages.
import { createHmac, randomUUID } from "node:crypto";

const { ASIDE_TENANT, ASIDE_ORIGIN, ASIDE_SECRET } = process.env;

/**
 * Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
 * @param {{id: string, email?: string, name?: string}} visitor id never changes and is never given to somebody else
 * @param {string} [nonce] what the page was given
 */
export function assertion({ id, email, name }, nonce) {
  if (!ASIDE_SECRET || !ASIDE_TENANT || !ASIDE_ORIGIN) throw new Error("ASIDE_TENANT, ASIDE_ORIGIN and ASIDE_SECRET must be set");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: ASIDE_TENANT, aud: ASIDE_ORIGIN, sub: id, iat: now, exp: now + 120, jti: randomUUID(), nonce, email, name };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = encode({ alg: "HS256", typ: "JWT" }) + "." + encode(claims); // what is undefined is left out
  return input + "." + createHmac("sha256", ASIDE_SECRET).update(input).digest("base64url");
}

// To try it: node hs256.mjs customer-17 joe@shop.example "Joe Miller"
const [id, email, name, nonce] = process.argv.slice(2);
if (id) console.log(assertion({ id, email, name }, nonce));
