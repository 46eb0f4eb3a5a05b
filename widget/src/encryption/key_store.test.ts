import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { importContentKey, newContentKey } from "./content_key";
import { KeyStore, type Values } from "./key_store";
import { importTenantKey } from "./tenant_key";
import { load, remove, save } from "../store";
import { problemCode } from "../testing/problem_code";

/** Values that work, in memory. */
class Memory implements Values {
  values = new Map<string, unknown>();
  load = (name: string): Promise<unknown> => Promise.resolve(this.values.get(name));
  save = (name: string, value: unknown): Promise<void> => Promise.resolve(void this.values.set(name, value));
  remove = (prefix: string): Promise<void> => Promise.resolve(this.values.forEach((_, name) => name.startsWith(prefix) && this.values.delete(name)));
}

const tenantKey = () => importTenantKey(newContentKey());
const contentKey = () => importContentKey(newContentKey());

test("a key is there for the next page until it is removed", async () => {
  const values = new Memory();
  const [tenant, content] = [await tenantKey(), await contentKey()];
  await new KeyStore(values, "tenant_key t_a ", "tenant").save("viewer 1", tenant);
  await new KeyStore(values, "content_key ", "content").save("account 1", content);
  const next = new KeyStore(values, "tenant_key t_a ", "tenant");
  assert.equal(await next.load("viewer 1"), tenant);
  assert.equal(await new KeyStore(values, "content_key ", "content").load("account 1"), content);
  await next.remove();
  assert.equal(await next.load("viewer 1"), null);
  assert.equal(await new KeyStore(values, "tenant_key t_a ", "tenant").load("viewer 1"), null);
  assert.equal(await new KeyStore(values, "content_key ", "content").load("account 1"), content);
});

test("a browser's database stores it, and it still can't be read", async () => {
  const values: Values = { load, save, remove };
  await new KeyStore(values, "tenant_key t_a ", "tenant").save("viewer 1", await tenantKey());
  const key = (await new KeyStore(values, "tenant_key t_a ", "tenant").load("viewer 1"))!;
  assert.equal(key.extractable, false);
  assert.equal(await problemCode(() => crypto.subtle.exportKey("raw", key)), "INTERNAL");
});

test("a key of another account, viewer or generation is none", async () => {
  const values = new Memory();
  const store = new KeyStore(values, "tenant_key t_a ", "tenant");
  await store.save("viewer 1", await tenantKey());
  assert.equal(await store.load("viewer 2"), null);
  assert.equal(await new KeyStore(values, "tenant_key t_a ", "tenant").load("viewer 2"), null);
});

test("a key that a script could read, or of another kind, is not stored", async () => {
  const values = new Memory();
  const extractable = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const encryptOnly = await crypto.subtle.importKey("raw", newContentKey(), "AES-GCM", false, ["encrypt"]);
  for (const key of [extractable, encryptOnly, await contentKey()]) {
    let refused = false;
    await new KeyStore(values, "tenant_key t_a ", "tenant").save("viewer 1", key).catch((error) => (refused = error instanceof TypeError));
    assert(refused);
  }
  assert.equal(values.values.size, 0);
});

test("what was stored in its place is none", async () => {
  const values = new Memory();
  const extractable = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  for (const value of [null, 1, "key", {}, { owner: "viewer 1" }, { owner: "viewer 1", key: extractable }, { owner: "viewer 1", key: await contentKey() }]) {
    values.values.set("tenant_key t_a ", value);
    assert.equal(await new KeyStore(values, "tenant_key t_a ", "tenant").load("viewer 1"), null);
  }
});

test("a browser that stores no keys leaves it to the page that has it", async () => {
  const refusal = () => Promise.reject(new DOMException("The object can not be cloned.", "DataCloneError"));
  const refusing: Values = { load: refusal, save: refusal, remove: refusal };
  const forgetting: Values = { load: () => Promise.resolve(null), save: () => Promise.resolve(), remove: () => Promise.resolve() };
  for (const values of [refusing, forgetting]) {
    const store = new KeyStore(values, "tenant_key t_a ", "tenant");
    const key = await tenantKey();
    await store.save("viewer 1", key);
    assert.equal(await store.load("viewer 1"), key);
    assert.equal(await new KeyStore(values, "tenant_key t_a ", "tenant").load("viewer 1"), null, "another page");
    await store.remove();
    assert.equal(await store.load("viewer 1"), null);
  }
});
