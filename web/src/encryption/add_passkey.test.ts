import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { base64url } from "../../../widget/src/bytes";
import { openWrap, passkeyKEK, wrapContentKey } from "../../../widget/src/encryption/key_wrap";
import { problemCode } from "../../../widget/src/testing/problem_code";
import type { CeremonyResult } from "../passkey/ceremony";
import { addWrappedPasskey } from "./add_passkey";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const contentKey = random(32);
const handleBytes = random(64);
const [first, second] = ["0198f0c2-0000-7000-8000-000000000001", "0198f0c2-0000-7000-8000-000000000002"];
const secrets = new Map([["first", random(32)], ["second", random(32)]]);
const wrapper = (id: string) => ({ kind: "passkey", id, generation: 1 }) as const;
const wrap = await wrapContentKey(contentKey, await passkeyKEK(secrets.get("first")!), handleBytes, wrapper(first));

/** A device's answer by one passkey, with its secret or without. */
const answer = (id: string, gives = true) => ({
  id,
  toJSON: () => ({ id, clientExtensionResults: { prf: { results: { first: "secret" } } } }),
  getClientExtensionResults: () => ({ prf: gives ? { results: { first: secrets.get(id)! } } : { enabled: true } }),
});

interface Sent {
  path: string;
  body: { wrap?: { generation: number; wrap: string }; credential?: { clientExtensionResults: object } };
}

/** Adds a passkey in a browser. Its device answers the confirmations in turn. Returns what is said, and what was sent. */
async function add(made: ReturnType<typeof answer>, confirmations: ReturnType<typeof answer>[], stored: string | null = wrap): Promise<{ said: string; sent: Sent[] }> {
  const sent: Sent[] = [];
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { cookieEnabled: true, credentials: { get: async () => confirmations.shift() } } });
  Object.assign(globalThis, {
    PublicKeyCredential: { parseRequestOptionsFromJSON: (json: object) => json },
    fetch: async (path: string, { body }: { body: string }) => {
      sent.push({ path, body: JSON.parse(body) });
      const key = { sealing: "END_TO_END", generation: 1, handle: base64url(handleBytes), passkey: first, wrap: stored };
      return new Response(JSON.stringify(path.endsWith("/finish") ? { displayName: "Olive", key } : { ceremony: "c", options: {} }));
    },
  });
  const credential = { id: made.id, clientExtensionResults: {} };
  const ceremony = { kind: "addition", ceremony: "a", passkey: second, credential, secret: made } as unknown as CeremonyResult;
  return { said: await addWrappedPasskey(async () => ceremony, () => {}), sent };
}

for (const [name, made, confirmations, wrapped] of [
  ["gives a secret when it is made", answer("second"), [answer("first")], "/passkeys/addition/finish"],
  ["gives one when it is used", answer("second", false), [answer("first"), answer("second")], "/passkeys/confirmation/finish"],
  ["gives none", answer("second", false), [answer("first"), answer("second", false)], null],
  ["gives none, and the person declines", answer("second", false), [answer("first")], null],
  ["gives none, and another is used", answer("second", false), [answer("first"), answer("first")], null],
] as const) {
  test(`a passkey that ${name} opens the notes: ${wrapped !== null}`, async () => {
    const { said, sent } = await add(made, [...confirmations]);
    assert.equal(said, wrapped ? "Passkey added. It opens your notes, too." : "Passkey added. It signs you in, but it can’t open your notes.");
    const wraps = sent.filter(({ body }) => body.wrap);
    assert.deepEqual(wraps.map(({ path }) => path), wrapped ? [wrapped] : []);
    for (const { body } of wraps) assert.deepEqual(await openWrap(body.wrap!.wrap, await passkeyKEK(secrets.get("second")!), handleBytes, wrapper(second)), contentKey);
    for (const { body } of sent) assert(!JSON.stringify(body).includes("prf"), "a result of the extension was sent");
  });
}

test("nothing is added unless the passkey that confirms opens the notes", async () => {
  assert.equal(await problemCode(() => add(answer("second"), [answer("first")], null)), "locked");
  assert.equal(await problemCode(() => add(answer("second"), [answer("first")], "A".repeat(80))), "damaged");
});
