import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { base64url } from "../../../widget/src/bytes";
import { openWrap, passkeyKEK, recoveryKEK, wrapContentKey } from "../../../widget/src/encryption/key_wrap";
import { parseRecoveryCode } from "../../../widget/src/encryption/recovery_code";
import { RefusedError } from "../http/post";
import { makeRecoveryCodes } from "./recovery_codes";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const [contentKey, handle, secret] = [random(32), random(64), random(32)];
const passkey = "0198f0c2-0000-7000-8000-000000000001";
const wrap = await wrapContentKey(contentKey, await passkeyKEK(secret), handle, { kind: "passkey", id: passkey, generation: 1 });

interface Input {
  locator: string;
  verifier: string;
  wrap: string | null;
}

/** Has the server answer with the wraps of this generation, and refuse new codes with a code. Returns the codes that it stored. */
function server(generation: number, refusal?: string): Input[][] {
  const stored: Input[][] = [];
  const used = { id: "first", toJSON: () => ({ id: "first" }), getClientExtensionResults: () => ({ prf: { results: { first: secret } } }) };
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { cookieEnabled: true, credentials: { get: async () => used } } });
  Object.assign(globalThis, {
    PublicKeyCredential: { parseRequestOptionsFromJSON: (json: object) => json },
    fetch: async (path: string, { body }: { body: string }) => {
      if (path.endsWith("/finish")) return Response.json({ displayName: "Olive", key: { sealing: "END_TO_END", generation: 1, handle: base64url(handle), passkey, wrap } });
      if (path !== "/graphql") return Response.json({ ceremony: "c", options: {} });
      const { query, variables } = JSON.parse(body) as { query: string; variables: { codes: Input[] } };
      if (query.includes("keyWraps")) return Response.json({ data: { viewer: { sealing: "END_TO_END", keyWraps: [{ passkey, generation, wrap }], passkeys: [] } } });
      if (refusal) return Response.json({ errors: [{ message: "no", extensions: { code: refusal } }] });
      stored.push(variables.codes);
      return Response.json({ data: { replaceRecoveryCodes: 10 } });
    },
  });
  return stored;
}

const refusalOf = (act: Promise<unknown>) => act.then(() => "", (error: unknown) => (error instanceof RefusedError ? error.code : String(error)));

test("codes are stored only when the person has saved them, and open the notes then", async () => {
  const stored = server(1);
  const { codes, store } = await makeRecoveryCodes(true);
  assert.equal(stored.length, 0);
  await store();
  const code = parseRecoveryCode(codes[3]!)!;
  const { locator, wrap } = stored[0]![3]!;
  assert.deepEqual([locator, await openWrap(wrap!, await recoveryKEK(code.secret), handle, { kind: "recovery", id: locator, generation: 1 })], [code.locator, contentKey]);
  assert(!JSON.stringify(stored).includes(code.secret), "no secret is sent");
});

test("codes of an account that is not encrypted have no wrap", async () => {
  const stored = server(0);
  await (await makeRecoveryCodes(false)).store();
  assert(stored[0]!.every(({ wrap }) => wrap === null));
});

test("codes that would open nothing by now replace none", async () => {
  const stored = server(2);
  const { store } = await makeRecoveryCodes(true);
  assert.equal(await refusalOf(store()), "CODES_OUTDATED");
  assert.equal(stored.length, 0);
});

for (const [refusal, code] of [["CONFLICT", "CODES_OUTDATED"], ["BAD_USER_INPUT", "CODES_OUTDATED"], ["INTERNAL", "INTERNAL"]] as const) {
  test(`codes that the server refuses with ${refusal} are ${code}`, async () => {
    server(1, refusal);
    assert.equal(await refusalOf((await makeRecoveryCodes(true)).store()), code);
  });
}
