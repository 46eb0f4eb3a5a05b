import { readJSON, RefusedError, responseDetail, sendJSON, type RefusalDetail } from "../http/post";
import { withConfirmation } from "../session/confirm";
import { hasText } from "../text/catalog";
import type { Document, NoVariables } from "./document";

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string } & RefusalDetail }[];
}

/**
 * Runs a document at /graphql. If it needs a sign-in or a recent confirmation, it asks for that and then continues. It throws
 * RefusedError with the first error's code, or its reason if the page has a text for that, UnreachableError if no answer came, and the browser's exception if the person didn't
 * confirm.
 */
export async function request<Data>(document: Document<Data, NoVariables>): Promise<Data>;
export async function request<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data>;
export async function request<Data>(document: Document<Data, never>, variables: unknown = {}): Promise<Data> {
  return withConfirmation(async () => {
    const response = await sendJSON("/graphql", { query: document.text, variables });
    const answer = (await readJSON(response)) as Answer<Data> | null;
    const error = answer?.errors?.[0];
    if (answer?.data && !error) return answer.data;
    const { code = "INTERNAL", ...detail } = error?.extensions ?? {};
    const { reason } = detail;
    if (reason === "confirmation_required") throw new RefusedError(reason, error!.message);
    if (reason && hasText(`bad_user_input_${reason}`)) detail.field = reason; // no field has to be corrected
    throw new RefusedError(reason && code !== "BAD_USER_INPUT" && hasText(reason) ? reason : code, error?.message ?? "", { ...detail, ...responseDetail(response) });
  });
}
