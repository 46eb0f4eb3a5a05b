/** A GraphQL document with the types of its data and its variables. */
export interface Document<Data, Variables> {
  readonly text: string;
  /** Never set. It carries the types. */
  readonly types?: (variables: Variables) => Data;
}

/** The variables of a document without variables. */
export type NoVariables = Record<never, never>;

/** Gives a document its types. Documents are in files named documents.ts, which a test checks against the schema. */
export function document<Data, Variables = NoVariables>(text: string): Document<Data, Variables> {
  return { text };
}
