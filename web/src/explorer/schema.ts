// The schema as introspection describes it (GraphQL, October 2021, §4).

export interface TypeRef {
  kind: string;
  name: string | null;
  ofType: TypeRef | null;
}

export interface Argument {
  name: string;
  type: TypeRef;
  defaultValue: string | null;
}

export interface SchemaField {
  name: string;
  description: string | null;
  args: Argument[];
  type: TypeRef;
}

export interface SchemaType {
  kind: string;
  name: string;
  fields: SchemaField[] | null;
  inputFields: Argument[] | null;
  enumValues: { name: string }[] | null;
}

export interface Schema {
  types: SchemaType[];
}

export const SCHEMA = `query Schema {
  __schema { types { kind name fields { name description args { ...Argument } type { ...Type } } inputFields { ...Argument } enumValues { name } } }
}
fragment Argument on __InputValue { name defaultValue type { ...Type } }
fragment Type on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;

/** A type as it is written: [Note!]!. */
export function typeText({ kind, name, ofType }: TypeRef): string {
  if (!ofType) return name ?? "";
  return kind === "NON_NULL" ? typeText(ofType) + "!" : `[${typeText(ofType)}]`;
}

/** The name of a type without its lists and exclamation marks. */
export function typeName({ name, ofType }: TypeRef): string {
  return ofType ? typeName(ofType) : (name ?? "");
}
