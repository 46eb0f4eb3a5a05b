import assert from "node:assert/strict";
import { test } from "node:test";
import { encrypt } from "./aes_gcm";
import { importContentKey, newContentKey } from "./content_key";
import { concat, type Bytes } from "./encoding";
import { derive } from "./hkdf";
import { openWrap, passkeyKEK, recoveryKEK, wrapContentKey, type Wrapper } from "./key_wrap";
import { deriveTenantKey, importTenantKey } from "./tenant_key";
import { base64url, utf8 } from "../bytes";
import { decoded, vectors, withIV } from "../testing/encryption_vectors";
import { problemCode } from "../testing/problem_code";

const contentKey = decoded(vectors.content_key);
const handle = decoded(vectors.account_handle);
const { passkey, recovery } = vectors;
const wrapper: Wrapper = { kind: "passkey", id: passkey.id, generation: passkey.generation };

test("the wraps are the known ones", async () => {
  const kek = await passkeyKEK(decoded(passkey.prf_result));
  assert.equal(await withIV(passkey.iv, () => wrapContentKey(contentKey, kek, handle, wrapper)), passkey.wrap);
  assert.deepEqual(await openWrap(passkey.wrap, kek, handle, wrapper), contentKey);

  const code: Wrapper = { kind: "recovery", id: recovery.locator, generation: recovery.generation };
  const recoveryKey = await recoveryKEK(recovery.secret);
  assert.equal(await withIV(recovery.iv, () => wrapContentKey(contentKey, recoveryKey, handle, code)), recovery.wrap);
  assert.deepEqual(await openWrap(recovery.wrap, recoveryKey, handle, code), contentKey);
});

test("the tenant keys are the known ones", async () => {
  const root = await importContentKey(contentKey);
  for (const { tenant, key } of vectors.tenants) assert.equal(base64url(await deriveTenantKey(root, tenant)), key);
});

test("a wrap opens for its passkey, account and generation only, and unchanged", async () => {
  const kek = await passkeyKEK(decoded(passkey.prf_result));
  const { wrap } = passkey;
  const otherHandle = handle.slice();
  otherHandle[63]! ^= 1;
  const otherResult = decoded(passkey.prf_result);
  otherResult[0]! ^= 1;
  const changed = decoded(wrap);
  changed[20]! ^= 1;
  const attempts: Record<string, () => unknown> = {
    "another passkey's PRF result": async () => openWrap(wrap, await passkeyKEK(otherResult), handle, wrapper),
    "a recovery code's key": async () => openWrap(wrap, await recoveryKEK(recovery.secret), handle, wrapper),
    "another account": () => openWrap(wrap, kek, otherHandle, wrapper),
    "another passkey": () => openWrap(wrap, kek, handle, { ...wrapper, id: "0192f3a4-5b6c-7d8e-9f01-23456789abce" }),
    "an earlier generation": () => openWrap(wrap, kek, handle, { ...wrapper, generation: 0 }),
    "a later generation": () => openWrap(wrap, kek, handle, { ...wrapper, generation: 2 }),
    "a recovery code of that id": () => openWrap(wrap, kek, handle, { ...wrapper, kind: "recovery" }),
    "a changed wrap": () => openWrap(base64url(changed), kek, handle, wrapper),
    "a wrap that is cut off": () => openWrap(base64url(decoded(wrap).subarray(0, 59)), kek, handle, wrapper),
    "a wrap without its end": () => openWrap(wrap.slice(0, -1), kek, handle, wrapper),
    "an IV": () => openWrap(wrap.slice(0, 16), kek, handle, wrapper),
    nothing: () => openWrap("", kek, handle, wrapper),
    "what is not base64url": () => openWrap(wrap.replace(/^./, "="), kek, handle, wrapper),
  };
  for (const [what, attempt] of Object.entries(attempts)) assert.equal(await problemCode(attempt), "damaged", what);
});

test("a handle of another length can't run into what follows it", async () => {
  const kek = await passkeyKEK(decoded(passkey.prf_result));
  // Without the check of its length, these two would authenticate the same bytes.
  const longer = concat(handle, utf8("passkey/1/"));
  const label = concat(utf8("aside/wrap/1"), longer, utf8("passkey/1/x"));
  const wrap = base64url(await encrypt(kek, contentKey, label));
  assert.equal(await problemCode(() => openWrap(wrap, kek, longer, { ...wrapper, id: "x" })), "damaged");
  assert.equal(await problemCode(() => wrapContentKey(contentKey, kek, handle.subarray(1), wrapper)), "damaged");
});

test("only a content key of 32 bytes is wrapped, opened or imported", async () => {
  const kek = await passkeyKEK(decoded(passkey.prf_result));
  const short = new Uint8Array(16);
  const wrap = base64url(await encrypt(kek, short, concat(utf8("aside/wrap/1"), handle, utf8(`passkey/1/${passkey.id}`))));
  for (const attempt of [
    () => openWrap(wrap, kek, handle, wrapper),
    () => wrapContentKey(short, kek, handle, wrapper),
    () => importContentKey(short),
    () => importTenantKey(short),
  ]) {
    assert.equal(await problemCode(attempt), "damaged");
  }
});

test("no key can be read by a script", async () => {
  const keys = [await passkeyKEK(contentKey), await recoveryKEK(recovery.secret), await importContentKey(contentKey), await importTenantKey(contentKey)];
  for (const key of keys) {
    assert.equal(key.extractable, false);
    for (const format of ["raw", "jwk"] as const) assert.equal(await problemCode(() => crypto.subtle.exportKey(format, key)), "INTERNAL");
  }
});

test("every wrap has an IV of its own, and every content key is another one", async () => {
  const kek = await passkeyKEK(contentKey);
  const wraps = await Promise.all(Array.from({ length: 100 }, () => wrapContentKey(contentKey, kek, handle, wrapper)));
  assert.equal(new Set(wraps.map((wrap) => wrap.slice(0, 16))).size, 100);
  assert.equal(wraps[0]!.length, 80);
  assert.equal(new Set(Array.from({ length: 100 }, () => base64url(newContentKey()))).size, 100);
});

test("a key that derives gives what the info names", async () => {
  const root = await importContentKey(contentKey);
  const of = async (tenant: string): Promise<Bytes> => derive(root, "aside/tenant/1" + tenant);
  assert.deepEqual(await of("t_a"), await deriveTenantKey(root, "t_a"));
  assert(base64url(await of("t_a")) !== base64url(await of("t_b")));
});
