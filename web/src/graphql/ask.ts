import { read, Refused, send, sorry, type Detail } from "../http/post";
import { trusted } from "../session/confirm";
import type { Document, None } from "./document";

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string; reason?: string } & Detail }[];
}

/**
 * Runs a document at /graphql. If it needs a sign-in or a recent confirmation, ask requests that and then continues. It throws
 * Refused with the first error's code, Unreachable if no answer came, and the browser's exception if the person didn't
 * confirm.
 */
export async function ask<Data>(document: Document<Data, None>): Promise<Data>;
export async function ask<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data>;
export async function ask<Data>(document: Document<Data, never>, variables: unknown = {}): Promise<Data> {
  return trusted(async () => {
    const answer = (await read(await send("/graphql", { query: document.text, variables }))) as Answer<Data> | null;
    const error = answer?.errors?.[0];
    if (answer?.data && !error) return answer.data;
    const { code = "INTERNAL", reason, ...detail } = error?.extensions ?? {};
    if (reason === "confirmation_required") throw new Refused(reason, error!.message);
    throw new Refused(code, code === "INTERNAL" ? sorry : error!.message, detail);
  });
}
