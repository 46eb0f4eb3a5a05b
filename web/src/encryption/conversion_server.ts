// The API as turning end-to-end encryption on and off uses it.
import type { ActivationServer } from "../../../widget/src/encryption/activation";
import type { ConversionServer, ConvertibleNote } from "../../../widget/src/encryption/conversion";
import { Problem } from "../../../widget/src/core/problem";
import { request } from "../graphql/request";
import { RefusedError, UnreachableError } from "../http/post";
import { ALL_NOTES, CONVERT, ENCRYPTION, REPLACE_CODES, SET_SEALING } from "./documents";

/** Runs an act of the account page. What it throws is thrown as a Problem. */
async function asProblem<T>(act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    if (error instanceof RefusedError) throw new Problem(error.code, error.message);
    if (error instanceof UnreachableError) throw new Problem("network");
    throw error;
  }
}

const inTrash = "trash ";

export const server: ActivationServer & ConversionServer = {
  async begin(generation, passkey, wrap) {
    await asProblem(request(SET_SEALING, { input: { to: "END_TO_END", generation, wraps: [{ passkey, wrap }] } }));
  },
  wraps: async () => (await asProblem(request(ENCRYPTION))).viewer.keyWraps,
  async replaceRecoveryCodes(codes) {
    await asProblem(request(REPLACE_CODES, { codes }));
  },
  setSealing: async (to, generation) => (await asProblem(request(SET_SEALING, { input: { to, generation, wraps: [] } }))).setSealing.sealing,
  // The notes that are not in the trash, then those in the trash.
  async page(after) {
    const trashed = !!after?.startsWith(inTrash);
    const cursor = trashed ? after!.slice(inTrash.length) : after;
    const { edges, pageInfo } = (await asProblem(request(ALL_NOTES, { trashed, after: cursor || null }))).notes;
    const next = pageInfo.hasNextPage ? (trashed ? inTrash : "") + pageInfo.endCursor : trashed ? null : inTrash;
    return { notes: edges.map(({ node }): ConvertibleNote => ({ ...node, tenant: node.tenant.id })), next };
  },
  async convert(notes) {
    await asProblem(request(CONVERT, { notes }));
  },
};
