// A page of a browser in the random histories of a conversion.
import assert from "node:assert/strict";
import type { Bytes } from "../encryption/encoding";
import { activate, openStoredWrap } from "../encryption/activation";
import { importContentKey } from "../encryption/content_key";
import { convertNotes } from "../encryption/conversion";
import { passkeyKEK } from "../encryption/key_wrap";
import { noteInput, readNote, type AccountSealing, type Sealing } from "../encryption/note_input";
import { newRecoveryCodes, type RecoveryCode } from "../encryption/recovery_code";
import { SeenVersions } from "../encryption/seen_versions";
import { deriveTenantKey, importTenantKey } from "../encryption/tenant_key";
import { base64url } from "../bytes";
import { Draft, type Backend, type Pending } from "../core/draft";
import { sameContent, type Content, type Note } from "../core/note";
import { Problem, problemOf } from "../core/problem";
import { installInstantCrypto } from "./instant_crypto";
import type { SealingServer, Asker, ServerNote } from "./sealing_server";

installInstantCrypto(); // before the first key

export const handle = new Uint8Array(64).fill(7);
const prfResult = new Uint8Array(32).fill(9);
export const passkey = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
export const tenants = ["t_one", "t_two"];
export const kek = await passkeyKEK(prfResult);
const noValues = { load: () => Promise.resolve(null), save: () => Promise.resolve(), remove: () => Promise.resolve() };

export const derived = new Map<string, Promise<CryptoKey>>();

/** Returns the key of a tenant, which is derived once. */
export function tenantKey(contentKey: Bytes, tenant: string): Promise<CryptoKey> {
  const name = base64url(contentKey) + tenant;
  const key = derived.get(name) ?? importContentKey(contentKey).then((root) => deriveTenantKey(root, tenant)).then(importTenantKey);
  derived.set(name, key);
  return key;
}

/** Whether a page can open notes: `never` for a browser without the passkey. */
type Unlocking = "can" | "never";

/** A page of one browser: what it knows of the account, its key, and the drafts that are written in it. */
export class ConvertingPage implements Asker, Backend {
  page = 0;
  session = 0;
  toldOf = -1;
  owner = "account";
  sealing: AccountSealing = "SERVER";
  contentKey: Bytes | null = null;
  codes: RecoveryCode[] = [];
  drafts: Draft[] = [];
  /** The tenant of each note, by its id. */
  tenants = new Map<string, string>();
  /** The last text that this page has read of each note. */
  known = new Map<string, { version: number; content: Content }>();
  seen = new SeenVersions(noValues, "seen");
  busy = false;

  constructor(
    readonly server: SealingServer,
    readonly unlocking: Unlocking,
  ) {}

  get api() {
    return this.server.api(this);
  }

  async key(tenant: string): Promise<CryptoKey | null> {
    return this.contentKey && tenantKey(this.contentKey, tenant);
  }

  tenantOf(id: string): string {
    return this.tenants.get(id) ?? tenants[0]!;
  }

  async opened(stored: ServerNote): Promise<Note> {
    this.seen.see(stored.id, stored.version, stored.sealed);
    this.tenants.set(stored.id, stored.tenant);
    const text = await readNote(stored, await this.key(stored.tenant), stored.id, stored.tenant);
    const note: Note = { ...text, id: stored.id, version: stored.version, pinned: false, updatedAt: "", trashedAt: stored.trashedAt };
    this.known.set(note.id, { version: note.version, content: note });
    return note;
  }

  async create(id: string, content: Content): Promise<Note> {
    const tenant = this.tenantOf(id);
    const { title, body, tags } = content;
    return this.#answered(this.api.create(id, tenant, await noteInput({ title, body, tags }, this.sealing, await this.key(tenant), id, tenant)));
  }

  async update(id: string, version: number, content: Content): Promise<Note> {
    const tenant = this.tenantOf(id);
    const { title, body, tags } = content;
    const before = this.known.get(id);
    const input = await noteInput({ title, body, tags }, this.sealing, await this.key(tenant), id, tenant);
    try {
      return await this.#answered(this.api.update(id, version, input));
    } catch (thrown) {
      const { current } = problemOf(thrown);
      // Only a conversion was in between: the text is the one that this change is based on.
      if (!current || before?.version !== version || !sameContent(before.content, current)) throw thrown;
      return this.update(id, current.version, content);
    }
  }

  async move(id: string, trashed: boolean): Promise<Note> {
    return this.#answered(this.api.move(id, trashed));
  }

  onChange(): void {}
  onFailure(): void {}

  async #answered(answer: Promise<ServerNote>): Promise<Note> {
    try {
      return await this.opened(await answer);
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.code === "CONFLICT" && problem.current) throw new Problem("CONFLICT", "", await this.opened(problem.current as unknown as ServerNote));
      throw problem;
    }
  }

  /** Reads the account and its notes, and unlocks them if it can. */
  async read(): Promise<void> {
    this.#signIn();
    const { sealing, generation, notes } = await this.api.read();
    this.#learn(sealing);
    if (sealing !== "SERVER" && this.unlocking === "can") this.contentKey = await this.unlock(generation);
    for (const stored of notes) {
      const draft = this.drafts.find(({ pending }) => pending.id === stored.id);
      try {
        const note = await this.opened(stored);
        if (draft?.pending.base) draft.refresh(note);
        else if (!draft && this.drafts.length < 3) this.drafts.push(new Draft(this, note));
      } catch (thrown) {
        // `older`: this answer was overtaken by a later one.
        if (!/^(locked|older)$/.test(problemOf(thrown).code)) throw thrown;
      }
    }
  }

  /** Signs in again if the session has ended. The key has gone with it: it may be that of an earlier generation. */
  #signIn(): void {
    if (this.session !== this.server.sessions) this.contentKey = null;
    this.session = this.server.sessions;
  }

  /** Learns the state of the account. The key of one that has turned the encryption off is of no use, and must not be used after it is on again. */
  #learn(sealing: AccountSealing): void {
    this.sealing = sealing;
    if (sealing === "SERVER") this.contentKey = null;
  }

  async unlock(generation: number): Promise<Bytes> {
    return openStoredWrap(await this.api.wraps(), kek, handle, { kind: "passkey", id: passkey, generation });
  }

  /** Turns the encryption on or off, or continues what has begun. */
  async turn(to: Sealing): Promise<void> {
    this.#signIn();
    const { sealing, generation } = await this.api.read();
    this.#learn(sealing);
    let own = generation;
    if (to === sealing) return;
    if (to === "SERVER") this.contentKey = await this.unlock(own);
    else {
      if (sealing === "SERVER") own++;
      this.codes = newRecoveryCodes().slice(0, 1);
      this.contentKey = await activate(this.api, { id: passkey, kek, handle }, this.codes, own);
    }
    this.sealing = "CONVERTING";
    this.#learn(await convertNotes(this.api, to, this.contentKey, own));
  }

  /** Does something that may fail, one thing at a time. */
  attempt(act: () => Promise<void>): void {
    if (this.busy) return;
    this.busy = true;
    const { page } = this;
    act()
      .catch((thrown) => {
        const { code } = problemOf(thrown);
        assert(/^(network|gone|CONFLICT|locked|BAD_USER_INPUT)$/.test(code), `${code}: ${thrown.stack}`);
      })
      .catch((error) => (this.failed = error))
      .finally(() => page === this.page && (this.busy = false));
  }

  failed: unknown;

  /** Crashes and is loaded again, with the drafts that are stored and perhaps the key. Its requests may still arrive. */
  reload(keepsKey: boolean): void {
    this.page++;
    this.busy = false;
    if (!keepsKey) {
      this.contentKey = null;
      this.toldOf = -1;
      this.sealing = "SERVER";
    }
    this.drafts = this.drafts.map(({ key, pending }) => new Draft(this as Backend, null, key, JSON.parse(JSON.stringify(pending)) as Pending));
  }
}
