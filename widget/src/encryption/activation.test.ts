import assert from "node:assert/strict";
import { test } from "node:test";
import { activate, openStoredWrap, recoveryCodeInput, type ActivationServer, type Passkey, type RecoveryCodeInput, type StoredWrap } from "./activation";
import { newContentKey } from "./content_key";
import { openWrap, passkeyKEK, recoveryKEK } from "./key_wrap";
import { newRecoveryCodes, recoveryVerifier } from "./recovery_code";
import { Problem } from "../core/problem";
import { problemCode } from "../testing/problem_code";

const handle = new Uint8Array(64).fill(3);
const passkeyOf = async (id: string): Promise<Passkey> => ({ id, kek: await passkeyKEK(newContentKey()), handle });

class Server implements ActivationServer {
  generation = 0;
  stored: StoredWrap[] = [];
  codes: RecoveryCodeInput[] = [];
  answers = true;

  async begin(generation: number, passkey: string, wrap: string): Promise<void> {
    if (generation !== this.generation + 1) throw new Problem("CONFLICT");
    this.generation = generation;
    this.stored = [{ passkey, generation, wrap }];
    if (!this.answers) throw new Problem("network");
  }

  wraps = () => Promise.resolve(this.stored);

  async replaceRecoveryCodes(codes: RecoveryCodeInput[]): Promise<void> {
    this.codes = codes;
  }
}

test("the passkey and each recovery code open the same content key", async () => {
  const server = new Server();
  const passkey = await passkeyOf("1");
  const codes = newRecoveryCodes();
  const contentKey = await activate(server, passkey, codes, 1);
  assert.deepEqual(await openStoredWrap(server.stored, passkey.kek, handle, { kind: "passkey", id: "1", generation: 1 }), contentKey);
  assert.equal(server.codes.length, 10);
  for (const [i, code] of codes.entries()) {
    const { locator, verifier, wrap } = server.codes[i]!;
    assert.deepEqual([locator, verifier], [code.locator, await recoveryVerifier(code)]);
    assert.deepEqual(await openWrap(wrap!, await recoveryKEK(code.secret), handle, { kind: "recovery", id: locator, generation: 1 }), contentKey);
    assert(!JSON.stringify(server.codes).includes(code.secret), "no secret is sent");
  }
});

test("a lost answer or another device that was faster leaves one content key", async () => {
  const server = new Server();
  const passkey = await passkeyOf("1");
  server.answers = false;
  assert.equal(await problemCode(() => activate(server, passkey, newRecoveryCodes(), 1)), "network");
  assert.equal(server.codes.length, 0);
  server.answers = true;
  const codes = newRecoveryCodes();
  const again = await activate(server, passkey, codes, 1);
  assert.deepEqual(await openStoredWrap(server.stored, passkey.kek, handle, { kind: "passkey", id: "1", generation: 1 }), again);
  assert.deepEqual(await openWrap(server.codes[0]!.wrap!, await recoveryKEK(codes[0]!.secret), handle, { kind: "recovery", id: codes[0]!.locator, generation: 1 }), again);
  const before = server.codes;
  assert.equal(await problemCode(async () => activate(server, await passkeyOf("2"), newRecoveryCodes(), 1)), "CONFLICT");
  assert.equal(server.codes, before, "its codes replace none");
});

test("a key that was made meanwhile, even if it is gone again, is not made up for", async () => {
  for (const [generation, stored] of [[2, []], [1, []]] as const) {
    const server = new Server();
    Object.assign(server, { generation, stored });
    assert.equal(await problemCode(async () => activate(server, await passkeyOf("1"), newRecoveryCodes(), 1)), "CONFLICT");
    assert.equal(server.codes.length, 0);
  }
});

test("a wrap that does not open ends it before anything is converted", async () => {
  const server = new Server();
  const passkey = await passkeyOf("1");
  const { begin } = server;
  server.begin = (generation, id, wrap) => begin.call(server, generation, id, wrap.replace(/.$/, (end) => (end === "A" ? "B" : "A")));
  assert.equal(await problemCode(() => activate(server, passkey, newRecoveryCodes(), 1)), "damaged");
  assert.equal(server.codes.length, 0);
});

test("the content key that was made is removed from memory", async () => {
  const made: Uint8Array[] = [];
  const { getRandomValues } = crypto;
  const codes = newRecoveryCodes();
  Object.defineProperty(crypto, "getRandomValues", {
    configurable: true,
    value: (bytes: Uint8Array<ArrayBuffer>) => {
      made.push(getRandomValues.call(crypto, bytes) as Uint8Array);
      return bytes;
    },
  });
  try {
    await activate(new Server(), await passkeyOf("1"), codes, 1);
  } finally {
    Reflect.deleteProperty(crypto, "getRandomValues");
  }
  const keys = made.filter(({ length }) => length === 32);
  assert.equal(keys.length, 2, "the passkey's result and the content key");
  assert.deepEqual(keys[1], new Uint8Array(32));
});

test("a wrap of another generation is none", async () => {
  const server = new Server();
  const passkey = await passkeyOf("1");
  await activate(server, passkey, newRecoveryCodes(), 1);
  assert.equal(await problemCode(() => openStoredWrap(server.stored, passkey.kek, handle, { kind: "passkey", id: "1", generation: 2 })), "locked");
});

test("a code of an account without encryption has no wrap", async () => {
  assert.equal((await recoveryCodeInput(newRecoveryCodes()[0]!, null, handle, 0)).wrap, null);
});
