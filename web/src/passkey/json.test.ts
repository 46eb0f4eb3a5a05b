import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialJSON } from "./json";

const buffer = (...bytes: number[]) => new Uint8Array(bytes).buffer;

/** What a password manager gives in a credential's place. */
function standIn(more: object, response: object = {}): PublicKeyCredential {
  return {
    id: "AQI",
    rawId: buffer(1, 2),
    type: "public-key",
    authenticatorAttachment: "platform",
    response: { clientDataJSON: buffer(123, 125), attestationObject: buffer(160), getTransports: () => ["internal"], ...response },
    ...more,
  } as unknown as PublicKeyCredential;
}

const fails = () => {
  throw new TypeError("Illegal invocation");
};

for (const [name, credential, transports] of [
  ["has no toJSON", standIn({}), ["internal"]],
  ["throws in toJSON", standIn({ toJSON: fails }), ["internal"]],
  ["gives nothing by toJSON", standIn({ toJSON: () => undefined }), ["internal"]],
  ["throws in getTransports", standIn({}, { getTransports: fails }), []],
  ["has no getTransports", standIn({}, { getTransports: undefined }), []],
  ["throws in both", standIn({ toJSON: fails }, { getTransports: fails }), []],
] as const) {
  test(`a credential that ${name} is accepted`, async () => {
    assert.deepEqual(await credentialJSON(credential), {
      id: "AQI",
      rawId: "AQI",
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: { clientDataJSON: "e30", attestationObject: "oA", transports },
    });
  });
}

test("the outputs of extensions are not sent", async () => {
  const outputs = { prf: { enabled: true, results: { first: "c2VjcmV0" } }, credProps: { rk: true } };
  for (const toJSON of [() => ({ id: "AQI", clientExtensionResults: outputs }), fails]) {
    const json = await credentialJSON(standIn({ toJSON, getClientExtensionResults: () => outputs }));
    assert.deepEqual(json.clientExtensionResults, {});
    assert(!JSON.stringify(json).includes("c2VjcmV0"));
  }
});
