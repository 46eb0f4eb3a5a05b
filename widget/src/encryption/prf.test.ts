import assert from "node:assert/strict";
import { test } from "node:test";
import { prfExtension, prfResult, withoutSecrets } from "./prf";
import { base64url } from "../bytes";
import { vectors } from "../testing/encryption_vectors";

const secret = new Uint8Array(32).map((_, i) => i + 1);
const giving = (results: unknown) => ({ getClientExtensionResults: () => ({ prf: results as { results?: { first?: unknown } } }) });

test("every passkey gets the same input", async () => {
  assert.equal(base64url((await prfExtension()).prf.eval.first), vectors.prf_input);
});

test("a result is read as a buffer or a view, and copied", () => {
  const inLarger = new Uint8Array(40).fill(9);
  inLarger.set(secret, 4);
  const buffer = secret.slice().buffer;
  for (const first of [buffer, secret, inLarger.subarray(4, 36), new DataView(inLarger.buffer, 4, 32)]) assert.deepEqual(prfResult(giving({ results: { first } })), secret);
  const result = prfResult(giving({ results: { first: buffer } }))!;
  result.fill(0);
  assert.deepEqual(new Uint8Array(buffer), secret);
});

test("a result that can't be used is none", () => {
  for (const first of [undefined, null, "", base64url(secret), 32, [...secret], {}, secret.subarray(1), new Uint8Array(33), new ArrayBuffer(0)]) {
    assert.equal(prfResult(giving({ results: { first } })), null);
  }
  for (const results of [undefined, {}, { enabled: true }, { enabled: true, results: {} }, { results: undefined }]) assert.equal(prfResult(giving(results)), null);
  assert.equal(prfResult({}), null);
  assert.equal(
    prfResult({
      getClientExtensionResults() {
        throw new TypeError("Illegal invocation"); // a password manager's stand-in
      },
    }),
    null,
  );
});

test("no secret is left in what is sent", () => {
  const first = base64url(secret);
  const sent = withoutSecrets({
    id: "x",
    response: { signature: "s" },
    clientExtensionResults: {
      credProps: { rk: true },
      prf: { enabled: true, results: { first, second: first } },
      hmacGetSecret: { output1: first },
      largeBlob: { blob: first },
      vendor: first,
    },
  });
  assert.deepEqual(sent, { id: "x", response: { signature: "s" }, clientExtensionResults: { credProps: { rk: true }, prf: { enabled: true } } } as unknown as typeof sent);
  assert(!JSON.stringify(sent).includes(first));
  for (const prf of [{ results: { first } }, { enabled: first }, first, null]) {
    assert(!JSON.stringify(withoutSecrets({ clientExtensionResults: { prf } })).includes(first));
  }
  assert.deepEqual(withoutSecrets({ id: "x" }), { id: "x", clientExtensionResults: {} } as { id: string });
});
