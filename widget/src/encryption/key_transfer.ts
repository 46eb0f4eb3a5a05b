// How a tenant key gets from the popup to the frame: encrypted to a key pair of the frame, as a compact JWE (RFC 7516 §7.1) with ECDH-ES
// in direct key agreement and A256GCM (RFC 7518 §4.6, §5.3). The frame pushes its public key with the authorization request. `apu` is
// the request_uri and `apv` the tenant key, t_…, so that an answer is for one request and one tenant.
//
// In query mode the key pair has to outlive the page. P-256 keys can be stored in every browser (Safari can't store X25519 keys).
import { decrypt, encrypt } from "./aes_gcm";
import { concat, fromBase64url, type Bytes } from "./encoding";
import { importTenantKey } from "./tenant_key";
import { base64url, utf8 } from "../bytes";
import { Problem } from "../core/problem";

const curve = { name: "ECDH", namedCurve: "P-256" };
const algorithm = { alg: "ECDH-ES", enc: "A256GCM" };
const ivLength = 12;
const tagLength = 16;

/** The most characters of a JWE: a request_uri and a tenant key have at most 200 together. */
const maxLength = 1000;

/** PublicJWK is a public key (RFC 7518 §6.2.1), without any other member. */
export interface PublicJWK {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
}

/** Makes the frame's key pair for one request. No script can read its private half. */
export function newTransferKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(curve, false, ["deriveBits"]);
}

/** Returns the public half as the parameter content_key_jwk has it. */
export async function transferJWK({ publicKey }: CryptoKeyPair): Promise<PublicJWK> {
  return publicJWK(await crypto.subtle.exportKey("jwk", publicKey));
}

/** Returns a JWK with its public members only. It throws the Problem `damaged` for anything but a public key of P-256. */
function publicJWK(value: unknown): PublicJWK {
  const { kty, crv, x, y, d } = Object(value) as Partial<Record<keyof PublicJWK | "d", unknown>>;
  if (kty !== "EC" || crv !== "P-256" || typeof x !== "string" || typeof y !== "string" || d !== undefined) throw new Problem("damaged");
  return { kty, crv, x, y };
}

/** Imports a public key. It throws the Problem `damaged` for a point that is not on the curve. */
function importPublic(jwk: PublicJWK): Promise<CryptoKey> {
  return crypto.subtle.importKey("jwk", jwk, curve, false, []).catch(() => {
    throw new Problem("damaged");
  });
}

/**
 * Encrypts a tenant key, 32 bytes, to the frame's public key, the JSON of a JWK. It throws the Problem `damaged` if that is no public
 * key of P-256.
 */
export async function sealTenantKey(tenantKey: Bytes, jwk: unknown, requestURI: string, tenant: string): Promise<string> {
  const recipient = await importPublic(publicJWK(jwk));
  const ephemeral = await newTransferKey();
  const [apu, apv] = [utf8(requestURI), utf8(tenant)];
  const header = encodePart({ ...algorithm, epk: await transferJWK(ephemeral), apu: base64url(apu), apv: base64url(apv) });
  const message = await encrypt(await agree(ephemeral.privateKey, recipient, apu, apv, "encrypt"), tenantKey, utf8(header));
  const [iv, text, tag] = [message.subarray(0, ivLength), message.subarray(ivLength, -tagLength), message.subarray(-tagLength)];
  return [header, "", base64url(iv), base64url(text), base64url(tag)].join(".");
}

/**
 * Opens what sealTenantKey returned and imports the key. It throws the Problem `damaged` for a JWE of another form or algorithm, to
 * another key pair, for another request or tenant, and for one that was changed.
 */
export async function openTenantKey(jwe: string, pair: CryptoKeyPair, requestURI: string, tenant: string): Promise<CryptoKey> {
  const parts = jwe.length > maxLength ? [] : jwe.split(".");
  const [header = "", encryptedKey, ...rest] = parts;
  const [iv, text, tag] = rest.map(fromBase64url);
  if (parts.length !== 5 || encryptedKey || iv?.length !== ivLength || !text || tag?.length !== tagLength) throw new Problem("damaged");
  const { epk, ...members } = decodePart(header);
  const [apu, apv] = [utf8(requestURI), utf8(tenant)];
  // All members are known, so that no `crit` or `zip` is overlooked (RFC 7516 §4.1).
  const expected = { ...algorithm, apu: base64url(apu), apv: base64url(apv) };
  const names = Object.keys(expected) as (keyof typeof expected)[];
  if (Object.keys(members).length !== names.length || names.some((name) => members[name] !== expected[name])) throw new Problem("damaged");
  const key = await agree(pair.privateKey, await importPublic(publicJWK(epk)), apu, apv, "decrypt");
  return importTenantKey(await decrypt(key, concat(iv, text, tag), utf8(header)));
}

/** Derives the key that encrypts, by the Concat KDF with SHA-256, for direct key agreement (RFC 7518 §4.6.2). */
async function agree(privateKey: CryptoKey, publicKey: CryptoKey, apu: Bytes, apv: Bytes, use: KeyUsage): Promise<CryptoKey> {
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: curve.name, public: publicKey }, privateKey, 256));
  const info = concat(number(1), shared, ...[utf8(algorithm.enc), apu, apv].flatMap((field) => [number(field.length), field]), number(256));
  return crypto.subtle.importKey("raw", await crypto.subtle.digest("SHA-256", info), "AES-GCM", false, [use]);
}

/** Returns a number in 32 bits, big-endian. */
function number(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function encodePart(value: object): string {
  return base64url(utf8(JSON.stringify(value)));
}

function decodePart(part: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(new TextDecoder().decode(fromBase64url(part)!))) as Record<string, unknown>;
  } catch {
    throw new Problem("damaged");
  }
}

