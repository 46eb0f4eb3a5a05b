/** A GraphQL document with the types of what it asks for and of what it takes. */
export interface Document<Data, Variables> {
  readonly text: string;
  /** Never there: it carries the types. */
  readonly types?: (variables: Variables) => Data;
}

/** What a document without variables takes. */
export type None = Record<never, never>;

/** Names the types of a document. Documents live in files called documents.ts, which a test holds against the schema. */
export function document<Data, Variables = None>(text: string): Document<Data, Variables> {
  return { text };
}
