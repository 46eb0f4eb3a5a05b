// The requests of an end-to-end encrypted notebook: what is sent is sealed, what arrives is opened, and searches run on
// the device.
import { SealedNotes, type NoteSource, type SealedNote } from "../encryption/sealed_notes";
import { SeenVersions } from "../encryption/seen_versions";
import type { Change, Content, Note, NoteContext, Page, Version } from "../core/note";
import type { Notebook } from "../notebook";
import type { Session, Viewer } from "../session";
import { receiveKey } from "./key";
import { accountURL, config, Fragment, h, host, load, Problem, problemOf, remove, save, t } from "../shared";

interface Variables {
  id: string;
  after: string | null;
  filter: { trashed: boolean; search?: string; tag?: string; context?: string };
  input: Input;
}

type Input = Content & { id: string; version?: number; context?: NoteContext };

/** Runs an operation, and leaves what is sent and answered as it is. */
type Send = Notebook["request"];

type Payload = { payload: { note: SealedNote } };

/** Makes a notebook seal and open notes, and returns the first page opened. */
export async function open(notebook: Notebook, session: Session, viewer: Viewer, page: Page): Promise<Page> {
  session.sealed = true;
  if (session.transfer) await receiveKey(session, session.transfer).catch(() => {}); // without it, the notes are locked
  const { request, applyChange } = notebook.constructor.prototype as Notebook; // not those below, if the first page is loaded again
  const requests = new SealedRequests(request.bind(notebook), session, viewer);
  notebook.request = (operation, variables) => requests.request(operation, variables);
  notebook.applyChange = (change) => void requests.read(change).then((opened) => applyChange.call(notebook, opened), () => {});
  notebook.banner = (app) => requests.banner(app);
  return requests.openPage(page);
}

/** SealedRequests are the requests of one session. */
class SealedRequests {
  #send: Send;
  #session: Session;
  #viewer: Viewer;
  #notes: SealedNotes<SealedNote>;

  constructor(send: Send, session: Session, viewer: Viewer) {
    this.#send = send;
    this.#session = session;
    this.#viewer = viewer;
    const tenant = config.tenant.key;
    const source: NoteSource<SealedNote> = {
      key: async () => session.contentKey ?? null,
      tenant: () => tenant,
      reload: async (id) => (await send<{ note: SealedNote | null }>("Note", { id })).note,
      page: async (trashed, after) => (await send<{ notes: Page<SealedNote> }>("All", { trashed, after })).notes,
      explain: (reason) => t(`unopened_${reason}`),
    };
    const values = { load: (name: string) => load(name), save, remove };
    this.#notes = new SealedNotes(source, new SeenVersions(values, `seen ${tenant} ${host ?? config.frameOrigin} ${viewer.id} `));
  }

  /** Runs an operation as request does. */
  async request<T>(operation: string, variables: object): Promise<T> {
    const { id, after, filter, input } = variables as Variables;
    switch (operation) {
      case "Home":
      case "Notes": {
        const { search, tag, context } = filter;
        if (search || tag || context) return { notes: await this.#notes.find({ ...filter, after }, (note) => !context || note.context?.id === context) } as T;
        const answer = await this.#send<{ notes: Page<SealedNote> }>(operation, variables);
        return { ...answer, notes: await this.openPage(answer.notes) } as T;
      }
      case "Note": {
        const { note } = await this.#send<{ note: SealedNote | null }>(operation, variables);
        return { note: note && (await this.#notes.open(note)) } as T;
      }
      case "Versions": {
        const { note } = await this.#send<{ note: { history: Version[] } | null }>(operation, variables);
        return { note: note && { history: await this.#notes.openVersions(id, note.history) } } as T;
      }
      case "Create":
      case "Update":
        return this.#save(operation, input) as T;
      case "Delete": {
        const answer = await this.#send<T>(operation, variables);
        this.#notes.forget(id);
        return answer;
      }
      default:
        return this.#opened(() => this.#send<Payload>(operation, variables)) as T;
    }
  }

  /** Seals a note and sends it. */
  async #save(operation: string, content: Input): Promise<Payload> {
    const { id, version } = content;
    const note = this.#notes.known(id) ?? ({ id, version: 0 } as SealedNote);
    try {
      return await this.#opened(async () => {
        const sealed = await this.#notes.seal(note, content);
        return this.#send<Payload>(operation, { input: { id, version, ...sealed } });
      });
    } catch (thrown) {
      // The catalog has a sentence for the code.
      const { code } = problemOf(thrown);
      if (/^(damaged|newer|older)$/.test(code)) throw new Problem("unopened_" + code);
      if (code === "too_long") throw new Problem("BAD_USER_INPUT", t(code)); // as the server refuses other notes
      if (code !== "BAD_USER_INPUT" || !(await this.#turnedOff())) throw thrown;
      return this.#send<Payload>(operation, { input: content });
    }
  }

  /** Asks whether the person has turned encryption off, in which case the server refuses sealed notes. */
  async #turnedOff(): Promise<boolean> {
    const { viewer } = await this.#send<{ viewer: Viewer }>("Home", { filter: { trashed: false }, after: null });
    return viewer.id === this.#viewer.id && viewer.sealing === "SERVER";
  }

  /** Opens the note of an answer, or of a conflict. */
  async #opened(act: () => Promise<Payload>): Promise<Payload> {
    try {
      return { payload: { note: await this.#notes.open((await act()).payload.note) } };
    } catch (thrown) {
      if (!(thrown instanceof Problem) || !thrown.current) throw thrown;
      throw new Problem(thrown.code, thrown.message, await this.#notes.open(thrown.current as SealedNote));
    }
  }

  /** Opens the notes of a page. */
  openPage(page: Page): Promise<Page> {
    return this.#notes.openPage(page as Page<SealedNote>);
  }

  /** Opens the note of a change. */
  async read({ id, note }: Change): Promise<Change> {
    if (!note) this.#notes.forget(id);
    return { id, note: note && ((await this.#notes.open(note as SealedNote)) as Note) };
  }

  /** Says that only this person can read the notes, or how to unlock them. */
  banner(app: { signIn(): Promise<void> }) {
    return this.#session.contentKey ? (
      <p class="bar hint">{t("onlyYou")}</p>
    ) : (
      <>
        <p class="bar vouched" role="alert">
          <span class="who">{t("locked")}</span>
          <button onClick={() => void app.signIn()}>{t("unlock")}</button>
        </p>
        <p class="hint">
          {t("unlockHow")}{" "}
          <a href={accountURL()} target="_blank">
            {t("account")}
          </a>
        </p>
      </>
    );
  }
}
