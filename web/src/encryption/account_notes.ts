// The notes of the account page, of an account that is end-to-end encrypted: opened and sealed in the browser, by the content key.
import { SealedNotes, type NoteSource } from "../../../widget/src/encryption/sealed_notes";
import { sealNote, type NoteText } from "../../../widget/src/encryption/sealed_note";
import { SeenVersions } from "../../../widget/src/encryption/seen_versions";
import { deriveTenantKey, importTenantKey } from "../../../widget/src/encryption/tenant_key";
import type { Content } from "../../../widget/src/core/note";
import { Problem } from "../../../widget/src/core/problem";
import { load, remove, save } from "../../../widget/src/store";
import { DELETE, IMPORT, NOTE, NOTES, RESTORE, RESTORE_VERSION, TRASH, UPDATE, VERSIONS, type ImportInput, type NoteFilter } from "../account/documents";
import { noteRequests } from "../account/note_requests";
import type { SiteNote } from "../account/note";
import type { Document } from "../graphql/document";
import { request } from "../graphql/request";
import { RefusedError } from "../http/post";
import { contentKeyOf } from "./content_key_store";
import { ALL_NOTES } from "./documents";
import { t } from "./text";

/** Makes the account page open and seal notes with the content key of the account with this user handle. */
export function openNotesInBrowser(handle: string): void {
  const keys = new Map<string, Promise<CryptoKey>>();
  const keyOf = async (tenant: string) => {
    const root = await contentKeyOf(handle);
    if (!root) return null;
    return keys.get(tenant) ?? keys.set(tenant, deriveTenantKey(root, tenant).then(importTenantKey)).get(tenant)!;
  };
  const source: NoteSource<SiteNote> = {
    key: (note) => keyOf(note.tenant.id),
    tenant: (note) => note.tenant.id,
    reload: async (id) => (await request(NOTE, { id })).note,
    page: async (trashed, after) => (await request(ALL_NOTES, { trashed, after })).notes,
    explain: (reason) => t(`unopened_${reason}`),
  };
  const notes = new SealedNotes(source, new SeenVersions({ load: (name) => load(name), save, remove }, `seen ${handle} `));

  const send = async (document: Document<never, never>, variables: unknown = {}): Promise<unknown> => {
    const given = variables as { id: string; after: string | null; filter: NoteFilter; input: { id: string; version: number } & Content };
    switch (document as unknown) {
      case NOTES: {
        const { after, filter } = given;
        const { search, tag, ...others } = filter;
        if (search || tag) return { notes: await notes.find({ ...filter, after }, (note) => !others.tenant || note.tenant.id === others.tenant) };
        return { notes: await notes.openPage((await request(NOTES, { after, filter: others })).notes) };
      }
      case NOTE: {
        const { note } = await request(NOTE, given);
        return { note: note && (await notes.open(note)) };
      }
      case UPDATE: {
        const { id, version, ...content } = given.input;
        return openAnswer(async () => {
          const note = notes.known(id) ?? (await request(NOTE, { id })).note;
          if (!note) throw new RefusedError("NOT_FOUND", "");
          return request(UPDATE, { input: { id, version, ...(await notes.seal(note, content)) } });
        }, "updateNote");
      }
      case IMPORT:
        return request(IMPORT, await sealImport(variables as { tenant: string; notes: ImportInput[] }));
      case VERSIONS: {
        const { note } = await request(VERSIONS, given);
        return { note: note && { history: await notes.openVersions(given.id, note.history) } };
      }
      case RESTORE_VERSION:
        return openAnswer(() => request(RESTORE_VERSION, given as unknown as { id: string; version: number }), "restoreVersion");
      case TRASH:
        return openAnswer(() => request(TRASH, given), "trashNote");
      case RESTORE:
        return openAnswer(() => request(RESTORE, given), "restoreNote");
      case DELETE:
        notes.forget(given.id);
    }
    return request(document, variables as never);
  };

  const sealImport = async ({ tenant, notes }: { tenant: string; notes: ImportInput[] }) => {
    const key = await keyOf(tenant);
    if (!key) throw new RefusedError("locked", t("unopened_locked"));
    const seal = async ({ id, pinned, ...text }: ImportInput) => ({ id, pinned, sealed: await sealNote(text as NoteText, key, id, tenant) });
    return { tenant, notes: await Promise.all(notes.map(seal)).catch(refuse) };
  };

  const refuse = (thrown: unknown): never => {
    if (!(thrown instanceof Problem)) throw thrown;
    if (thrown.code === "too_long") throw new RefusedError("BAD_USER_INPUT", "", { field: "body" }); // the form has limited the other fields
    throw new RefusedError(thrown.code, thrown.message);
  };

  const openAnswer = async <Name extends string>(act: () => Promise<Record<Name, { note: SiteNote }>>, name: Name) => {
    try {
      const answer = await act();
      return { [name]: { note: await notes.open(answer[name].note) } };
    } catch (error) {
      if (error instanceof RefusedError && error.detail.current) error.detail.current = await notes.open(error.detail.current as SiteNote);
      return refuse(error);
    }
  };

  noteRequests.request = send as unknown as typeof request;
  noteRequests.read = async ({ id, note }) => {
    if (!note) notes.forget(id);
    return { id, note: note && (await notes.open(note)) };
  };
}
