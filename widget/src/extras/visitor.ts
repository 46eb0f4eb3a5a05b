// The visitor that the page around this frame names, by an assertion (a JWT of the tenant) or by a ticket. Both can only be exchanged
// here, once, and for this frame's key.
import type { Answer, App, View } from "../app";
import type { Attempt, Push, Session } from "../session";
import { requestAssertion, config, removeSession, frameKey, saveSession, explainCode, Problem, problemOf, revoke, postToHost } from "../shared";
import { exchange, openVouchedSession } from "./exchange";
import type { Identity } from "./oauth";

const noIdentity: Identity = { handle: "", subject: "", until: 0 };

export class Visitor {
  #app: App;
  /** The last identity that the server accepted. */
  #identity = noIdentity;
  /** The last assertion that was used. */
  #lastToken: string | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  /** When to ask the page again. */
  #checkAt = 0;
  #timer = 0;

  constructor(app: App) {
    this.#app = app;
  }

  /** The subject hash of the visitor; "" for nobody. */
  get subject(): string {
    return this.#identity.subject;
  }

  /**
   * Asks the page for its visitor, or takes the answer it just gave; with `again`, to check that nothing has changed. A session of another
   * subject ends. A page that cannot answer its own update names nobody; at a check, nothing changes.
   */
  async identify(answer?: Answer, again = false): Promise<void> {
    const app = this.#app;
    let problem: InstanceType<typeof Problem> | null = null;
    try {
      const opensVouched = config.policy.vouchedAccounts && !app.session && !app.signedOut;
      await (opensVouched ? this.#openVouched(answer) : this.#refresh(answer));
    } catch (thrown) {
      problem = await app.report(thrown);
      if (!again && problem.code === "assertion_rejected") {
        this.#identity = noIdentity;
        problem = null;
      }
    }
    this.#scheduleCheck();
    const { session } = app;
    if (problem) {
      if (!again) this.#hideNotes();
      app.stopWaiting(explainCode(problem.code));
    } else if (session?.subject && session.subject !== this.subject) {
      this.#endSession(session);
      // The new visitor may have notes to open.
      if (this.subject && config.policy.vouchedAccounts) await this.identify();
      else app.stopWaiting("");
    } else if (session && app.view.name === "opening" && !app.superseded) {
      await app.openNotes(session);
    } else {
      app.stopWaiting("");
    }
  }

  /** Hides the notes: the page has an update that could not be read, so they may belong to a visitor who has left. */
  #hideNotes(): void {
    const { view, session } = this.#app;
    if (view.name !== "notes" || !session?.subject) return;
    void view.notebook.flush();
    this.#app.show({ name: "opening" });
  }

  /** Ends the session of a visitor who has left: hides the notes, saves what was typed and revokes the token. */
  #endSession(session: Session): void {
    const { view } = this.#app;
    this.#app.closeSession();
    this.#app.show({ name: "opening" });
    void removeSession();
    void Promise.resolve(view.name === "notes" && view.notebook.flush()).then(() => revoke(session));
    postToHost("signedout");
  }

  /** Checks, when the page is visible, that the visitor is still the same. */
  recheck(): void {
    if (!document.hidden && this.subject && Date.now() >= this.#checkAt) void this.identify(undefined, true);
  }

  /**
   * Pushes the request of a sign-in, after the text is saved and the handle is fresh. It is pushed for nobody if the page names nobody, or
   * cannot answer.
   */
  async pushRequest(before: View, push: Push, answer?: Answer): Promise<Attempt> {
    const upgrades = before.name === "notes";
    if (upgrades) await before.notebook.flush();
    await this.#queue;
    for (let again = true; ; again = false) {
      if (this.#identity.until < Date.now() + 30_000) await this.#refresh(answer).catch((thrown) => void this.#app.report(thrown));
      const { handle, until } = this.#identity;
      const fresh = until > Date.now();
      if (upgrades && !fresh) throw new Problem("reload");
      try {
        return await push(fresh ? handle : "");
      } catch (thrown) {
        if (!again || problemOf(thrown).code !== "invalid_identity_handle") throw thrown;
        // The server's clock says that it has expired. The page is asked again, since its answer was used.
        this.#identity = { ...this.#identity, until: 0 };
        answer = undefined;
      }
    }
  }

  /** Schedules a check, so that a click finds a fresh handle as long as the page is visible. */
  #scheduleCheck(): void {
    const wait = Math.max(this.#identity.until - Date.now() - 60_000, 60_000);
    this.#checkAt = Date.now() + wait;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.recheck(), wait);
  }

  /** Asks the page and exchanges its answer. If it throws a Problem, the last identity stays. */
  async #refresh(answer?: Answer): Promise<void> {
    this.#identity = (await this.#exchange(exchange, answer)) ?? this.#identity;
  }

  /** Opens the account for which the tenant vouches. */
  async #openVouched(answer?: Answer): Promise<void> {
    try {
      const session = await this.#exchange(openVouchedSession, answer);
      if (!session) return;
      if (this.#app.superseded) return void revoke(session);
      this.#identity = { ...noIdentity, subject: session.subject ?? "" };
      void saveSession(session);
      await this.#app.openNotes(session);
    } catch (thrown) {
      if (problemOf(thrown).code !== "upgraded") throw thrown;
      await this.#refresh(); // with another assertion, since this one was used
    }
  }

  /** Asks one question at a time, so that the last answer counts. The same answer again, as from an attribute, changes nothing. */
  #exchange<T>(exchangeToken: (key: CryptoKeyPair, token: string) => Promise<T>, answer?: Answer): Promise<T | undefined> {
    const exchanged = this.#queue.then(async () => {
      const token = await (answer ?? requestAssertion());
      if (!token) this.#identity = noIdentity;
      if (!token || token === this.#lastToken) return undefined;
      this.#lastToken = token;
      try {
        return await exchangeToken(await frameKey(), token);
      } catch (thrown) {
        if (!/rejected|upgraded/.test(problemOf(thrown).code)) this.#lastToken = undefined; // it may not have been used
        throw thrown;
      }
    });
    this.#queue = exchanged.catch(() => {});
    return exchanged;
  }
}
