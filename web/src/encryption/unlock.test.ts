import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { base64url } from "../../../widget/src/bytes";
import { recoveryCodeInput } from "../../../widget/src/encryption/activation";
import { importContentKey } from "../../../widget/src/encryption/content_key";
import { newTransferKey, openTenantKey, transferJWK } from "../../../widget/src/encryption/key_transfer";
import { openWrap, passkeyKEK, wrapContentKey } from "../../../widget/src/encryption/key_wrap";
import { formatRecoveryCode, newRecoveryCodes } from "../../../widget/src/encryption/recovery_code";
import { openNote, sealNote } from "../../../widget/src/encryption/sealed_note";
import { deriveTenantKey, importTenantKey } from "../../../widget/src/encryption/tenant_key";
import { RefusedError } from "../http/post";
import type { Account, AccountKey, CeremonyResult, PasskeyKey } from "../passkey/ceremony_result";
import { addPasskeyHere } from "../popup/added_passkey";
import type { SignedIn } from "../popup/new_account";
import type { PopupModules } from "../popup/interaction";
import { deleteKeyDatabase } from "../session/content_key";
import { contentKeyOf, removeContentKey } from "./content_key_store";
import { addKey, type EndOfSignIn } from "./frame_key";
import { finishRecovery, recoveryProof } from "./recovery";
import { unlock } from "./unlock";
import { problemCode } from "../../../widget/src/testing/problem_code";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const contentKey = random(32);
const handleBytes = random(64);
const handle = base64url(handleBytes);
const passkey = "0198f0c2-0000-7000-8000-000000000001";
const id = "0198f0c2-0000-7000-8000-000000000002";
const secret = random(32);
const tenant = "t_shop";
const credential = (first: Uint8Array | null) => ({ getClientExtensionResults: () => ({ prf: first ? { enabled: true, results: { first } } : {} }) });
const wrap = await wrapContentKey(contentKey, await passkeyKEK(secret), handleBytes, { kind: "passkey", id: passkey, generation: 1 });
const key = { sealing: "END_TO_END", generation: 1, handle, passkey, wrap } as const;
const sealed = await sealNote({ title: "Oolong", body: "", tags: [] }, await importTenantKey(await deriveTenantKey(await importContentKey(contentKey), tenant)), id, tenant);

test("a passkey's secret unlocks the notes of its account", async () => {
  await unlock(key, credential(secret));
  assert((await contentKeyOf(handle)) && !(await contentKeyOf(base64url(random(64)))));
});

test("a cookie says that a key is kept, and is set again where the key is used", async () => {
  document.cookie = "";
  await unlock(key, credential(secret));
  assert(/^__Host-aside_key=1;.*secure/.test(document.cookie));
  document.cookie = "";
  await contentKeyOf(base64url(random(64)));
  assert.equal(document.cookie, "");
  await contentKeyOf(handle);
  assert(/^__Host-aside_key=1;.*max-age=[1-9]/.test(document.cookie));
  let deleted = "";
  Object.assign(globalThis, { indexedDB: { deleteDatabase: (name: string) => (deleted = name) } });
  deleteKeyDatabase();
  Reflect.deleteProperty(globalThis, "indexedDB");
  assert.equal(deleted, "aside");
  assert(/^__Host-aside_key=1;.*max-age=0$/.test(document.cookie));
});

for (const [name, given, result, code] of [["gives no secret", key, null, "locked"], ["gives another secret", key, random(32), "damaged"], ["has no wrap", { ...key, wrap: null }, secret, "locked"]] as const) {
  test(`a passkey that ${name} changes nothing`, async () => {
    await removeContentKey();
    assert.equal(await problemCode(() => unlock(given, credential(result))), code);
    assert.equal(await contentKeyOf(handle), null);
  });
}

/** Stands for the functions of the popup: a ceremony with this passkey. */
const popup = (used: AccountKey | null, result: Uint8Array) => {
  const asked: string[] = [];
  const runCeremony = async (kind: string) => (asked.push(kind), { secret: credential(result) });
  const finishCeremony = async () => used ? { displayName: "", key: used } : Promise.reject(new Error("closed"));
  return { asked, modules: { runCeremony, finishCeremony, interaction: { requestURI: "urn:request" } } as unknown as PopupModules };
};
const signIn = (used: PasskeyKey, result: Uint8Array) => ({ account: { displayName: "", key: used }, proof: { secret: credential(result) } }) as unknown as SignedIn;

for (const [name, signedIn, asked] of [
  ["after a sign-in", signIn(key, secret), []],
  ["where the person is signed in and the notes are locked", null, ["confirmation"]],
  ["after a sign-in with a passkey that does not open the notes", signIn({ ...key, wrap: null }, secret), ["confirmation"]],
  ["after a sign-in to another account", signIn({ ...key, handle: base64url(random(64)) }, secret), ["confirmation"]],
] as const) {
  for (const outcome of [{ response: {} as { content_key?: string } }, { location: "https://frame.example/embed/t_shop?code=c" }]) {
    test(`the frame gets the key of its tenant by ${Object.keys(outcome)} ${name}`, async () => {
      await removeContentKey();
      const pair = await newTransferKey();
      const end: EndOfSignIn = { ...structuredClone(outcome), content_key: { jwk: await transferJWK(pair), tenant, handle } };
      const window = popup(key, secret);
      await addKey(window.modules, signedIn, end);
      const address = end.location && new URL(end.location);
      const jwe = address ? new URLSearchParams(address.search + "&" + address.hash).get("content_key")! : end.response!.content_key!;
      assert.equal((await openNote(sealed, await openTenantKey(jwe, pair, "urn:request", tenant), id, tenant)).title, "Oolong");
      assert.deepEqual(window.asked, asked);
    });
  }
}

test("after a sign-in to another account, its key does not replace the one of the notes", async () => {
  await unlock(key, credential(secret));
  const other = random(64);
  const otherKey = { ...key, handle: base64url(other), wrap: await wrapContentKey(random(32), await passkeyKEK(secret), other, { kind: "passkey", id: passkey, generation: 1 }) };
  const window = popup(key, secret);
  const end = { response: {} as { content_key?: string }, content_key: { jwk: await transferJWK(await newTransferKey()), tenant, handle } };
  await addKey(window.modules, signIn(otherKey, secret), end);
  assert.deepEqual([!!end.response.content_key, window.asked, await contentKeyOf(otherKey.handle)], [true, [], null]);
});

test("the frame gets no key if the notes stay locked", async () => {
  await removeContentKey();
  const end = { response: {} as { content_key?: string }, content_key: { jwk: await transferJWK(await newTransferKey()), tenant, handle } };
  await addKey(popup(null, secret).modules, null, end);
  assert.equal(end.response.content_key, undefined);
});

test("a typed code is not sent, nor is one with a typo", async () => {
  const [code] = newRecoveryCodes();
  const typed = formatRecoveryCode(code!);
  const { locator, verifier } = await recoveryProof(typed.toLowerCase());
  assert.deepEqual([locator, verifier], [code!.locator, (await recoveryCodeInput(code!, null, handleBytes, 1)).verifier]);
  const mistyped = JSON.stringify(await recoveryProof(typed.slice(1)));
  for (const group of typed.split("-").slice(2)) assert(!mistyped.includes(group));
  assert.equal((await recoveryProof("my other password")).locator, "000000", "nothing of what is no code");
});

for (const [name, atOnce] of [["when it is made", true], ["when it is used", false]] as const) {
  test(`after a recovery, a new passkey that gives its secret ${name} opens the notes`, async () => {
    await removeContentKey();
    const [code] = newRecoveryCodes();
    const { wrap } = await recoveryCodeInput(code!, contentKey, handleBytes, 1);
    const made = { kind: "recovery", ceremony: "c", credential: { id: "new" }, passkey: "new", key: { ...key, wrap } as AccountKey, secret: credential(atOnce ? random(32) : null) } as unknown as CeremonyResult;
    const used = { ...made, kind: "confirmation", secret: credential(random(32)) } as unknown as CeremonyResult;
    const sent: CeremonyResult[] = [];
    const finish = async (proof: CeremonyResult) => (sent.push(structuredClone({ ...proof, secret: null }) as unknown as CeremonyResult), { displayName: "Olive" } as Account);
    await finishRecovery(made, formatRecoveryCode(code!), finish, async () => used);
    assert.deepEqual(sent.map((proof) => [proof.kind, proof.wrap?.generation]), atOnce ? [["recovery", 1]] : [["recovery", undefined], ["confirmation", 1]]);
    assert(await contentKeyOf(handle));
  });
}

test("after a recovery, the wrap of another passkey stays as it is", async () => {
  const [code] = newRecoveryCodes();
  const { wrap } = await recoveryCodeInput(code!, contentKey, handleBytes, 1);
  const made = { kind: "recovery", credential: { id: "new" }, passkey: "new", key: { ...key, wrap } as AccountKey, secret: credential(null) } as unknown as CeremonyResult;
  const used = { ...made, kind: "confirmation", credential: { id: "older" }, secret: credential(random(32)) } as unknown as CeremonyResult;
  const sent: string[] = [];
  await finishRecovery(made, formatRecoveryCode(code!), async ({ kind }) => (sent.push(kind), { displayName: "Olive" } as Account), async () => used);
  assert.deepEqual(sent, ["recovery"]);
});

for (const [name, signedIn, wrapped] of [
  ["that opens the notes", signIn(key, secret), true],
  ["that does not open them", signIn(key, random(32)), false],
] as const) {
  test(`a passkey that is added after a sign-in with one ${name} is wrapped: ${wrapped}`, async () => {
    const first = random(32);
    const made = { kind: "addition", credential: { id: "new" }, passkey: "new", secret: credential(first) } as unknown as CeremonyResult;
    const sent: CeremonyResult[] = [];
    const finishCeremony = async (proof: CeremonyResult) => (sent.push(proof), { displayName: "Olive" } as Account);
    await addPasskeyHere({ ...popup(null, secret).modules, runCeremony: async () => made, finishCeremony }, signedIn);
    assert.equal(sent.length, 1);
    if (!wrapped) return assert.equal(sent[0]!.wrap, undefined);
    assert.deepEqual(await openWrap(sent[0]!.wrap!.wrap, await passkeyKEK(first), handleBytes, { kind: "passkey", id: "new", generation: 1 }), contentKey);
  });
}

test("a passkey that is on this device already is no failure, and a prompt that is closed is one", async () => {
  const add = (name: string) => addPasskeyHere({ ...popup(null, secret).modules, runCeremony: () => Promise.reject(new DOMException("", name)) }, signIn(key, secret));
  await add("InvalidStateError");
  assert.equal(await add("NotAllowedError").catch(({ name }) => name), "NotAllowedError");
});

test("too many passkeys is said in the language of the popup", async () => {
  document.documentElement.lang = "de";
  const runCeremony = () => Promise.reject(new RefusedError("too_many_passkeys", "In English."));
  const error = await addPasskeyHere({ ...popup(null, secret).modules, RefusedError, runCeremony }, signIn(key, secret)).then(() => null, (error: RefusedError) => error);
  assert(/^Dieses Konto hat schon 30 Passkeys/.test(error!.message));
  document.documentElement.lang = "en";
});
