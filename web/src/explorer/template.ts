// An operation to begin with: a field with its arguments as variables, and what can be selected without further arguments.
import { typeName, typeText, type Argument, type Schema, type SchemaField, type SchemaType, type TypeRef } from "./schema";

export interface Operation {
  query: string;
  variables: string;
}

/** Returns an operation with one field of the query or mutation type. */
export function operationFor(schema: Schema, kind: "query" | "mutation", field: SchemaField): Operation {
  const types = new Map(schema.types.map((type) => [type.name, type]));
  const args = kind === "query" ? field.args.filter(required) : field.args;
  const name = field.name[0]!.toUpperCase() + field.name.slice(1);
  const declared = args.map((arg) => `$${arg.name}: ${typeText(arg.type)}`).join(", ");
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  const selected = selection(types, field.type, 2, "    ");
  return {
    query: `${kind} ${name}${declared && `(${declared})`} {\n  ${field.name}${passed && `(${passed})`}${selected && ` {\n${selected}\n  }`}\n}\n`,
    variables: args.length > 0 ? JSON.stringify(Object.fromEntries(args.map((arg) => [arg.name, example(types, arg.type, 3)])), null, 2) : "",
  };
}

const required = (arg: Argument) => arg.type.kind === "NON_NULL" && arg.defaultValue === null;

/** The fields of a type without required arguments, and those of its objects down to a depth. */
function selection(types: Map<string, SchemaType>, ref: TypeRef, depth: number, indent: string): string {
  const fields = types.get(typeName(ref))?.fields;
  if (!fields?.length) return "";
  const lines: string[] = [];
  for (const field of fields) {
    if (field.args.some(required)) continue;
    if (!types.get(typeName(field.type))?.fields?.length) {
      lines.push(indent + field.name);
    } else if (depth > 1 && field.args.length === 0) {
      const inner = selection(types, field.type, depth - 1, indent + "  ");
      if (inner) lines.push(`${indent}${field.name} {\n${inner}\n${indent}}`);
    }
  }
  return lines.join("\n");
}

/** A value of a type to fill in. */
function example(types: Map<string, SchemaType>, ref: TypeRef, depth: number): unknown {
  if (ref.kind === "NON_NULL") return example(types, ref.ofType!, depth);
  if (ref.kind === "LIST") return [];
  const type = types.get(ref.name!);
  if (type?.kind === "ENUM") return type.enumValues?.[0]?.name;
  if (type?.kind === "INPUT_OBJECT" && type.inputFields) {
    const needed = depth > 0 ? type.inputFields.filter(required) : [];
    return Object.fromEntries(needed.map((field) => [field.name, example(types, field.type, depth - 1)]));
  }
  return { Int: 0, Float: 0, Boolean: false }[ref.name!] ?? "";
}
