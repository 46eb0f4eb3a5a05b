import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schema, SchemaField, TypeRef } from "./schema";
import { operationFor } from "./template";

const named = (name: string): TypeRef => ({ kind: "NAMED", name, ofType: null });
const nonNull = (type: TypeRef): TypeRef => ({ kind: "NON_NULL", name: null, ofType: type });
const field = (name: string, type: TypeRef, args: SchemaField["args"] = []): SchemaField => ({ name, description: null, args, type });

const schema: Schema = {
  types: [
    { kind: "SCALAR", name: "ID", fields: [], inputFields: [], enumValues: [] }, // as our server answers, though the specification says null
    {
      kind: "OBJECT", name: "Note", inputFields: null, enumValues: null,
      fields: [field("id", nonNull(named("ID"))), field("tenant", named("Tenant")), field("page", named("ID"), [{ name: "n", type: nonNull(named("Int")), defaultValue: null }])],
    },
    { kind: "OBJECT", name: "Tenant", inputFields: null, enumValues: null, fields: [field("key", named("ID")), field("note", named("Note"))] },
    {
      kind: "INPUT_OBJECT", name: "Change", fields: null, enumValues: null,
      inputFields: [{ name: "id", type: nonNull(named("ID")), defaultValue: null }, { name: "title", type: named("String"), defaultValue: null }],
    },
  ],
};

test("a query has variables for what it needs, and selects what needs nothing", () => {
  const { query, variables } = operationFor(schema, "query", field("note", named("Note"), [{ name: "id", type: nonNull(named("ID")), defaultValue: null }]));
  assert.equal(query, "query Note($id: ID!) {\n  note(id: $id) {\n    id\n    tenant {\n      key\n    }\n  }\n}\n");
  assert.deepEqual(JSON.parse(variables), { id: "" });
});

test("an input object has its required fields", () => {
  const { query, variables } = operationFor(schema, "mutation", field("change", named("ID"), [{ name: "input", type: nonNull(named("Change")), defaultValue: null }]));
  assert.equal(query, "mutation Change($input: Change!) {\n  change(input: $input)\n}\n");
  assert.deepEqual(JSON.parse(variables), { input: { id: "" } });
});
