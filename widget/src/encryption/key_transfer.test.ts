import assert from "node:assert/strict";
import { test } from "node:test";
import { encrypt } from "./aes_gcm";
import { newTransferKey, openTenantKey, sealTenantKey, transferJWK } from "./key_transfer";
import { openNote, sealNote } from "./sealed_note";
import { importTenantKey } from "./tenant_key";
import { base64url, utf8 } from "../bytes";
import { decoded, vectors, withIV, withKeyPair } from "../testing/encryption_vectors";
import { problemCode } from "../testing/problem_code";

const { request_uri: request, tenant, frame, ephemeral, iv, jwe, jwe_of_jwx: jwx } = vectors.transfer;
const tenantKey = decoded(vectors.tenants[0]!.key);
const note = { title: "title", body: "body", tags: [] };
const id = "0192f3a4-0000-7000-8000-000000000001";

async function pairOf({ kty, crv, x, y, d }: typeof frame): Promise<CryptoKeyPair> {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  return {
    privateKey: await crypto.subtle.importKey("jwk", { kty, crv, x, y, d }, curve, false, ["deriveBits"]),
    publicKey: await crypto.subtle.importKey("jwk", { kty, crv, x, y }, curve, true, []),
  };
}

/** Reports whether it is the tenant key, as far as can be seen of a key that no script can read. */
async function isTenantKey(key: CryptoKey): Promise<boolean> {
  return (await openNote(await sealNote(note, await importTenantKey(tenantKey), id, tenant), key, id, tenant)).title === note.title;
}

test("the JWE is the known one", async () => {
  const [pair, theirs] = [await pairOf(frame), await pairOf(ephemeral)];
  const jwk = await transferJWK(pair);
  assert.deepEqual(jwk, { kty: "EC", crv: "P-256", x: frame.x, y: frame.y });
  const sealed = await withKeyPair(theirs, () => withIV(iv, () => sealTenantKey(tenantKey, jwk, request, tenant)));
  assert.equal(sealed, jwe);
  for (const message of [jwe, jwx]) assert(await isTenantKey(await openTenantKey(message, pair, request, tenant)));
});

test("a tenant key gets from the popup to the frame, and nowhere else", async () => {
  const pair = await newTransferKey();
  const sealed = await sealTenantKey(tenantKey, JSON.parse(JSON.stringify(await transferJWK(pair))), request, tenant);
  const key = await openTenantKey(sealed, pair, request, tenant);
  assert(await isTenantKey(key));
  assert.equal(key.extractable, false);
  assert.equal(pair.privateKey.extractable, false);
  assert(!sealed.includes(base64url(tenantKey)));
  assert.equal(await problemCode(() => newTransferKey().then((other) => openTenantKey(sealed, other, request, tenant))), "damaged");
  assert.equal(await problemCode(() => openTenantKey(sealed, pair, request + "x", tenant)), "damaged");
  assert.equal(await problemCode(() => openTenantKey(sealed, pair, request, vectors.tenants[1]!.tenant)), "damaged");
});

const curveless = { kty: "EC", crv: "P-256", x: frame.x, y: frame.x };

/** The parts of the known JWE, with another header. */
function withHeader(change: object, remove?: string): string {
  const [header, ...rest] = jwe.split(".");
  const members = { ...(JSON.parse(new TextDecoder().decode(decoded(header!))) as Record<string, unknown>), ...change };
  if (remove) delete members[remove];
  return [base64url(utf8(JSON.stringify(members))), ...rest].join(".");
}

test("a JWE of another form is refused", async () => {
  const pair = await pairOf(frame);
  const [header, , ivPart, text, tag] = jwe.split(".");
  const shifted = [base64url(decoded(text!).subarray(0, 28)), base64url(new Uint8Array([...decoded(text!).subarray(28), ...decoded(tag!)]))];
  const p384 = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-384" }, true, ["deriveBits"]);
  const messages: Record<string, string> = {
    nothing: "",
    "four parts": [header, "", ivPart, text].join("."),
    "six parts": jwe + ".",
    "an encrypted key": [header, "AAAA", ivPart, text, tag].join("."),
    "a tag that has some of the text": [header, "", ivPart, ...shifted].join("."),
    "an IV that ends in the text": [header, "", base64url(decoded(ivPart!).subarray(0, 9)), base64url(new Uint8Array([...decoded(ivPart!).subarray(9), ...decoded(text!)])), tag].join("."),
    "a short IV": [header, "", ivPart!.slice(4), text, tag].join("."),
    "no text": [header, "", ivPart, "", tag].join("."),
    "another tag": [header, "", ivPart, text, base64url(new Uint8Array(16))].join("."),
    "padding": jwe + "=",
    "a header that is no JSON": ["AAAA", "", ivPart, text, tag].join("."),
    "a header that is null": [base64url(utf8("null")), "", ivPart, text, tag].join("."),
    "another algorithm": withHeader({ alg: "ECDH-ES+A256KW" }),
    "direct encryption": withHeader({ alg: "dir" }),
    "another encryption": withHeader({ enc: "A128GCM" }),
    "an extension to understand": withHeader({ crit: ["exp"], exp: 1 }),
    "compression": withHeader({ zip: "DEF" }),
    "no apu": withHeader({}, "apu"),
    "no epk": withHeader({}, "epk"),
    "a private epk": withHeader({ epk: ephemeral }),
    "an epk of another curve": withHeader({ epk: await crypto.subtle.exportKey("jwk", p384.publicKey) }),
    "an epk off the curve": withHeader({ epk: curveless }),
  };
  for (const [what, message] of Object.entries(messages)) assert.equal(await problemCode(() => openTenantKey(message, pair, request, tenant)), "damaged", what);
});

/** Encrypts a key as anybody can who knows the public one, with a header of any members. */
async function forge(pair: CryptoKeyPair, change: object, apu = request, apv = tenant, key = tenantKey): Promise<string> {
  const ephemeralPair = await newTransferKey();
  const { privateKey } = ephemeralPair;
  const header = { alg: "ECDH-ES", enc: "A256GCM", epk: await transferJWK(ephemeralPair), apu: base64url(utf8(apu)), apv: base64url(utf8(apv)), ...change };
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: pair.publicKey }, privateKey, 256));
  const field = (text: string) => [0, 0, 0, utf8(text).length, ...utf8(text)];
  const hash = await crypto.subtle.digest("SHA-256", new Uint8Array([0, 0, 0, 1, ...shared, ...field("A256GCM"), ...field(apu), ...field(apv), 0, 0, 1, 0]));
  const part = base64url(utf8(JSON.stringify(header)));
  const message = await encrypt(await importTenantKey(new Uint8Array(hash)), key, utf8(part));
  return [part, "", base64url(message.subarray(0, 12)), base64url(message.subarray(12, -16)), base64url(message.subarray(-16))].join(".");
}

test("a header with other members is refused, even if it was encrypted with them", async () => {
  const pair = await newTransferKey();
  assert(await isTenantKey(await openTenantKey(await forge(pair, {}), pair, request, tenant)));
  const refused: Record<string, Promise<string>> = {
    "an extension to understand": forge(pair, { crit: ["exp"], exp: 1 }),
    compression: forge(pair, { zip: "DEF" }),
    "an unknown member": forge(pair, { kid: "1" }),
    "another algorithm": forge(pair, { alg: "ECDH-ES+A256KW" }),
    "another encryption": forge(pair, { enc: "A256CBC-HS512" }),
    "no apu": forge(pair, { apu: undefined }),
    "another request in the header": forge(pair, { apu: base64url(utf8("urn:other")) }),
    "another tenant in the header": forge(pair, { apv: base64url(utf8("t_other")) }),
    "apv that is not base64url": forge(pair, { apv: tenant }),
    "another request": forge(pair, {}, "urn:other"),
    "another tenant": forge(pair, {}, request, "t_other"),
    "a shorter key": forge(pair, {}, request, tenant, tenantKey.subarray(16)),
  };
  for (const [what, jwe] of Object.entries(refused)) assert.equal(await problemCode(async () => openTenantKey(await jwe, pair, request, tenant)), "damaged", what);
});

test("a JWE for a longer request is not read at all", async () => {
  const pair = await newTransferKey();
  const long = "urn:" + "x".repeat(1000);
  const sealed = await sealTenantKey(tenantKey, await transferJWK(pair), long, tenant);
  assert.equal(await problemCode(() => openTenantKey(sealed, pair, long, tenant)), "damaged");
});

test("a key of another length is refused", async () => {
  const pair = await newTransferKey();
  const sealed = await sealTenantKey(tenantKey.subarray(0, 16), await transferJWK(pair), request, tenant);
  assert.equal(await problemCode(() => openTenantKey(sealed, pair, request, tenant)), "damaged");
});

test("a public key of another form is refused", async () => {
  const jwk = { kty: "EC", crv: "P-256", x: frame.x, y: frame.y };
  for (const malformed of [null, "", [], {}, frame, curveless, { ...jwk, crv: "P-384" }, { ...jwk, kty: "OKP" }, { ...jwk, x: 1 }, { ...jwk, x: "" }, { ...jwk, y: frame.y.slice(1) }, { ...jwk, y: undefined }]) {
    assert.equal(await problemCode(() => sealTenantKey(tenantKey, malformed, request, tenant)), "damaged", JSON.stringify(malformed));
  }
  // What is not a member of the key is not used: the key of a JWE has no `key_ops` or `ext`.
  assert.equal(await problemCode(() => sealTenantKey(tenantKey, { ...jwk, key_ops: ["sign"], ext: false, use: "sig" }, request, tenant)), "");
});
