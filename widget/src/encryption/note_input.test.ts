import assert from "node:assert/strict";
import { test } from "node:test";
import { importContentKey, newContentKey } from "./content_key";
import { noteInput, readNote } from "./note_input";
import { deriveTenantKey, importTenantKey } from "./tenant_key";
import { problemCode } from "../testing/problem_code";

const id = "0192f3a4-0000-7000-8000-000000000001";
const tenant = "t_hillsidetea";
const text = { title: "a canary", body: "another canary", tags: ["tag"] };
const newKey = async () => importTenantKey(await deriveTenantKey(await importContentKey(newContentKey()), tenant));

test("no plain text is made for an account that is END_TO_END, or by a page with a key while it converts", async () => {
  const key = await newKey();
  assert.equal(await problemCode(() => noteInput(text, "END_TO_END", null, id, tenant)), "locked");
  for (const sealing of ["END_TO_END", "CONVERTING"] as const) {
    const input = await noteInput(text, sealing, key, id, tenant);
    assert.deepEqual(Object.keys(input), ["sealed"]);
    assert(!/canary|tag/.test(JSON.stringify(input)));
  }
  assert.deepEqual(await noteInput(text, "CONVERTING", null, id, tenant), text);
  assert.deepEqual(await noteInput(text, "SERVER", null, id, tenant), text);
  assert.deepEqual(await noteInput(text, "SERVER", key, id, tenant), text, "a key of an account that has turned it off");
});

test("notes of both kinds are read", async () => {
  const key = await newKey();
  const { sealed } = (await noteInput(text, "END_TO_END", key, id, tenant)) as { sealed: string };
  const stored = { title: "", body: "", tags: [], context: null, sealing: "END_TO_END", sealed } as const;
  assert.deepEqual(await readNote({ ...stored, tags: [] }, key, id, tenant), text);
  assert.deepEqual(await readNote({ ...text, context: null, sealing: "SERVER", sealed: null }, null, id, tenant), text);
  assert.equal(await problemCode(() => readNote({ ...stored, tags: [] }, null, id, tenant)), "locked");
  assert.equal(await problemCode(async () => readNote({ ...stored, tags: [] }, await newKey(), id, tenant)), "damaged");
  assert.equal(await problemCode(() => readNote({ ...stored, tags: [], sealed: null }, key, id, tenant)), "damaged");
});
