import assert from "node:assert/strict";
import { test } from "node:test";
import { encrypt } from "./aes_gcm";
import { importContentKey, newContentKey } from "./content_key";
import { concat } from "./encoding";
import { paddedLength } from "./padding";
import { maxSealedLength, maxTextLength, openNote, sealNote, type NoteText } from "./sealed_note";
import { deriveTenantKey, importTenantKey } from "./tenant_key";
import { base64url, utf8 } from "../bytes";
import { decoded, vectors, withIV } from "../testing/encryption_vectors";
import { problemCode } from "../testing/problem_code";

const id = "0192f3a4-0000-7000-8000-000000000001";
const tenant = "t_hillsidetea";
const empty: NoteText = { title: "", body: "", tags: [] };

async function keyOf(contentKey = decoded(vectors.content_key), of = tenant): Promise<CryptoKey> {
  return importTenantKey(await deriveTenantKey(await importContentKey(contentKey), of));
}

/** Seals any JSON as the text of the note. */
async function sealJSON(json: string, key: CryptoKey): Promise<string> {
  return base64url(await encrypt(key, utf8(json), concat(utf8("aside/note/1" + id + tenant))));
}

test("the sealed notes are the known ones", async () => {
  for (const note of vectors.notes) {
    const key = await keyOf(undefined, note.tenant);
    assert.equal(await withIV(note.iv, () => sealNote(note.text, key, note.id, note.tenant)), note.sealed);
    assert.deepEqual(await openNote(note.sealed, key, note.id, note.tenant), note.text as NoteText);
  }
});

test("every text comes back as it was", async () => {
  const key = await keyOf();
  for (const text of [
    empty,
    { title: "a", body: "  spaces and no end  ", tags: ["one", "two"] },
    { title: "\ufeffmark", body: "\ufeff\u2028\u0001\ud800 half", tags: ["\ufeff"] },
    { title: "x".repeat(200), body: "\u0001".repeat(65_536), tags: Array.from({ length: 20 }, (_, i) => `${i}`.padEnd(50, "\u0001")) },
    { title: "context", body: "", tags: [], context: { id: "1", title: "", url: "https://shop.example/" } },
  ]) {
    assert.deepEqual(await openNote(await sealNote(text, key, id, tenant), key, id, tenant), text);
  }
});

test("a text opens in its own note, with its own key, and unchanged", async () => {
  const key = await keyOf();
  const sealed = await sealNote({ ...empty, body: "secret" }, key, id, tenant);
  const bytes = decoded(sealed);
  const attempts: Record<string, () => unknown> = {
    "another note": () => openNote(sealed, key, id.replace(/1$/, "2"), tenant),
    "another tenant": () => openNote(sealed, key, id, "t_other"),
    "another tenant's key": async () => openNote(sealed, await keyOf(undefined, "t_other"), id, tenant),
    "the key of another generation": async () => openNote(sealed, await keyOf(newContentKey()), id, tenant),
    "a text that is cut off": () => openNote(base64url(bytes.subarray(0, -1)), key, id, tenant),
    "a text without its first byte": () => openNote(base64url(bytes.subarray(1)), key, id, tenant),
    "an IV and a tag": () => openNote(base64url(bytes.subarray(0, 28)), key, id, tenant),
    nothing: () => openNote("", key, id, tenant),
    "what is not base64url": () => openNote(sealed + "=", key, id, tenant),
    "an id of another form": () => openNote(sealed, key, id.toUpperCase().replace("F", "f"), tenant),
  };
  for (let i = 0; i < bytes.length; i += 7) {
    attempts["byte " + i] = () => openNote(base64url(bytes.map((byte, j) => (i === j ? byte ^ 4 : byte))), key, id, tenant);
  }
  for (const [what, attempt] of Object.entries(attempts)) assert.equal(await problemCode(attempt), "damaged", what);
});

test("an id can't run into the tenant key", async () => {
  const key = await keyOf();
  // Without the check of its form, both would authenticate the same bytes.
  const sealed = await sealNote(empty, key, id, "t_ab");
  assert.equal(await problemCode(() => openNote(sealed, key, id + "t_a", "b")), "damaged");
  assert.equal(await problemCode(() => sealNote(empty, key, "x", tenant)), "damaged");
});

test("what is not the JSON of a note is refused", async () => {
  const key = await keyOf();
  const valid = { v: 1, title: "", body: "", tags: [] };
  assert.deepEqual(await openNote(await sealJSON(JSON.stringify(valid), key), key, id, tenant), empty);
  const damaged = ["", " ", "null", "1", "[]", "{}", "{", '{"v":1}', ...[{ v: "1" }, { v: 1.5 }, { v: null }, { title: 1 }, { body: null }, { tags: "x" }, { tags: [1] }, { context: null }, { context: { id: "1" } }].map((change) => JSON.stringify({ ...valid, ...change }))];
  for (const json of damaged) assert.equal(await problemCode(async () => openNote(await sealJSON(json, key), key, id, tenant)), "damaged", json);
  const newer = [{ v: 2 }, { v: 2, text: "x" }, { color: "red" }].map((change) => JSON.stringify({ ...valid, ...change }));
  for (const json of newer) assert.equal(await problemCode(async () => openNote(await sealJSON(json, key), key, id, tenant)), "newer", json);
  const invalid = concat(utf8('{"v":1,"title":"'), new Uint8Array([0xff]), utf8('","body":"","tags":[]}'));
  const sealed = base64url(await encrypt(key, invalid, utf8("aside/note/1" + id + tenant)));
  assert.equal(await problemCode(() => openNote(sealed, key, id, tenant)), "damaged", "a byte that is not UTF-8");
});

test("a text beyond the limits is not sealed", async () => {
  const key = await keyOf();
  const beyond: Partial<NoteText>[] = [
    { title: "x".repeat(201) },
    { title: "two\nlines" },
    { title: "\0" },
    { body: "x".repeat(65_537) },
    { body: "ä".repeat(32_769) },
    { tags: [""] },
    { tags: ["x".repeat(51)] },
    { tags: Array.from({ length: 21 }, (_, i) => `${i}`) },
    { context: { id: "", title: "", url: "x".repeat(maxTextLength) } },
  ];
  for (const text of beyond) assert.equal(await problemCode(() => sealNote({ ...empty, ...text }, key, id, tenant)), "too_long", JSON.stringify(text).slice(0, 100));
  const within = { title: "😀".repeat(200), body: "ä".repeat(32_768), tags: ["😀".repeat(50)] };
  assert.equal((await openNote(await sealNote(within, key, id, tenant), key, id, tenant)).body.length, 32_768);
});

test("a text that is too large is not decoded", async () => {
  const key = await keyOf();
  const large = base64url3(await encrypt(key, utf8(JSON.stringify({ v: 1, ...empty }).padEnd(maxTextLength + 3)), utf8("aside/note/1" + id + tenant)));
  assert(large.length > maxSealedLength);
  assert.equal(await problemCode(() => openNote(large, key, id, tenant)), "damaged");
});

function base64url3(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3000) text += base64url(bytes.subarray(i, i + 3000));
  return text;
}

test("the length of a text shows no more than Padmé", async () => {
  const key = await keyOf();
  for (const { length, padded } of vectors.padding) assert.equal(paddedLength(length), padded, `${length}`);
  const lengths = new Set<number>();
  for (let n = 0; n <= 4000; n += 13) {
    const sealed = await sealNote({ ...empty, body: "x".repeat(n) }, key, id, tenant);
    const text = decoded(sealed).length - 28;
    const plain = JSON.stringify({ v: 1, ...empty, body: "x".repeat(n) }).length;
    assert.equal(text, paddedLength(plain));
    assert(text >= plain && (text === 256 || text < plain * 1.12));
    lengths.add(text);
  }
  // From 256 bytes to 4 KiB, Padmé has 8 lengths in the first octave, and 16 in each of the other three.
  assert(lengths.size <= 1 + 4 * 16, `${lengths.size} lengths`);
  const short = await Promise.all(["", "pin 1234", "a longer one, with a password: correct horse battery staple"].map((body) => sealNote({ ...empty, body }, key, id, tenant)));
  assert.equal(new Set(short.map((sealed) => sealed.length)).size, 1);
});

test("each sealed text has an IV of its own", async () => {
  const key = await keyOf();
  const sealed = await Promise.all(Array.from({ length: 200 }, () => sealNote(empty, key, id, tenant)));
  assert.equal(new Set(sealed.map((text) => text.slice(0, 16))).size, 200);
});
