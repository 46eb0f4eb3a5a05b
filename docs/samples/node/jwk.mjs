// Prints the public half of a PEM key as the JWK that Aside wants: node jwk.mjs ES256 2026-01 < key.pem
// (RS256 for an RSA key, EdDSA for an Ed25519 one; the second word is the kid you choose for it).
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";

const [alg, kid] = process.argv.slice(2);
console.log(JSON.stringify({ ...createPublicKey(readFileSync(0)).export({ format: "jwk" }), alg, kid, use: "sig" }));
