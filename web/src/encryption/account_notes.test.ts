import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { importContentKey } from "../../../widget/src/encryption/content_key";
import { sealNote } from "../../../widget/src/encryption/sealed_note";
import { deriveTenantKey, importTenantKey } from "../../../widget/src/encryption/tenant_key";
import { IMPORT, UPDATE } from "../account/documents";
import { noteRequests } from "../account/note_requests";
import type { RefusedError } from "../http/post";
import { explainError } from "../passkey/errors";
import { openNotesInBrowser } from "./account_notes";
import { keepContentKey } from "./content_key_store";

const id = "0198f0c2-0000-7000-8000-000000000002";
const bytes = crypto.getRandomValues(new Uint8Array(32));
const key = await importTenantKey(await deriveTenantKey(await importContentKey(bytes.slice()), "t_shop"));
const sealed = await sealNote({ title: "Oolong", body: "", tags: [] }, key, id, "t_shop");
await keepContentKey("handle", bytes);
openNotesInBrowser("handle");

test("a text that is too long to seal is refused as the server refuses one, and nothing is sent", async () => {
  const sent: string[] = [];
  globalThis.fetch = async (_, init) => {
    const { query } = JSON.parse(String(init!.body)) as { query: string };
    sent.push(/\w+ (\w+)/.exec(query)![1]!);
    return new Response(JSON.stringify({ data: { note: { id, tenant: { id: "t_shop", name: "Shop" }, version: 1, pinned: false, sealing: "END_TO_END", sealed } } }));
  };
  const text = { title: "", body: "x".repeat((64 << 10) + 1), tags: [] };
  for (const send of [
    () => noteRequests.request(UPDATE, { input: { id, version: 1, pinned: false, ...text } }),
    () => noteRequests.request(IMPORT, { tenant: "t_shop", notes: [{ id, pinned: false, ...text }] }),
  ]) {
    const error = await (send() as Promise<unknown>).then(() => null, (error: RefusedError) => error);
    assert.deepEqual([error?.code, error?.detail.field], ["BAD_USER_INPUT", "body"]);
    assert(/64 KiB/.test(explainError(error).message));
  }
  assert.deepEqual(sent, ["Note"]);
});
