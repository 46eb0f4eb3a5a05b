// Who the page around this frame says is in front of it. It says so by an assertion, a JWT of the tenant's, or by a ticket:
// both are good for nothing but to be exchanged here, once, and for no other key than this frame's.
import type { App, Face } from "../app";
import type { Session } from "../session";
import { askHost, config, forgetSession, frameKey, keepSession, meaning, Problem, problemOf, revoke, tellHost } from "../shared";
import { exchange, vouch } from "./exchange";
import type { Attempt, Identity } from "./oauth";
import type { Push } from "./popup";

const nobody: Identity = { handle: "", subject: "", until: 0 };

type Answer = string | Promise<string>;

export class Visitor {
  #app: App;
  /** What the page said last, as far as the server took it. */
  #identity = nobody;
  /** The assertion that was used up last. */
  #said: string | undefined;
  #answered: Promise<unknown> = Promise.resolve();
  /** When the page is to be asked again. */
  #due = 0;
  #timer = 0;

  constructor(app: App) {
    this.#app = app;
  }

  /** Stands for the subject that the page asserts; "" where it says that nobody is there. */
  get subject(): string {
    return this.#identity.subject;
  }

  /**
   * Asks the page who is there (or takes the answer it just gave), at its own wish or, with `again`, at ours. No session goes on
   * that is bound to somebody else. A page that can't say it when it should says that nobody is there; asked again, it hasn't
   * said that anybody left.
   */
  async look(answer?: Answer, again = false): Promise<void> {
    const app = this.#app;
    let trouble: InstanceType<typeof Problem> | null = null;
    try {
      const opens = config.policy.vouchedAccounts && !app.session && !app.signedOut;
      await (opens ? this.#open(answer) : this.#renew(answer));
    } catch (thrown) {
      trouble = await app.report(thrown);
      if (!again && trouble.code === "assertion_rejected") {
        this.#identity = nobody;
        trouble = null;
      }
    }
    this.#plan();
    const { session } = app;
    if (trouble) {
      if (!again) this.#cover();
      app.rest(meaning(trouble.code));
    } else if (session?.subject && session.subject !== this.subject) {
      this.#end(session);
      // Whoever is there instead may have notes to open.
      if (this.subject && config.policy.vouchedAccounts) await this.look();
      else app.rest("");
    } else if (session && app.face.name === "opening" && !app.superseded) {
      await app.enter(session);
    } else {
      app.rest("");
    }
  }

  /** Puts the notes out of sight: the page has something new to say, and it can't be known what, so they may be of somebody who has left. */
  #cover(): void {
    const { face, session } = this.#app;
    if (face.name !== "notes" || !session?.subject) return;
    void face.notebook.flush();
    this.#app.turn({ name: "opening" });
  }

  /** Ends the session of somebody who isn't there any more: out of sight first, then what was typed is saved and the token revoked. */
  #end(session: Session): void {
    const { face } = this.#app;
    this.#app.putAway();
    this.#app.turn({ name: "opening" });
    void forgetSession();
    void Promise.resolve(face.name === "notes" && face.notebook.flush()).then(() => revoke(session));
    tellHost("signedout");
  }

  /** Somebody looks at the page: is it still the same person? */
  seen(): void {
    if (!document.hidden && this.subject && Date.now() >= this.#due) void this.look(undefined, true);
  }

  /**
   * Pushes the request of a sign-in, once everything that may take a moment is done: the text is saved, the handle is fresh. It
   * is pushed for nobody where the page says that nobody is there, or can't say who.
   */
  async ready(before: Face, push: Push, answer?: Answer): Promise<Attempt> {
    const upgrades = before.name === "notes";
    if (upgrades) await before.notebook.flush();
    await this.#answered;
    for (let again = true; ; again = false) {
      if (this.#identity.until < Date.now() + 30_000) await this.#renew(answer).catch((thrown) => void this.#app.report(thrown));
      const { handle, until } = this.#identity;
      const fresh = until > Date.now();
      if (upgrades && !fresh) throw new Problem("reload");
      try {
        return await push(fresh ? handle : "");
      } catch (thrown) {
        if (!again || problemOf(thrown).code !== "invalid_identity_handle") throw thrown;
        // Over by the server's clock, whatever this browser's says. The page is asked again; that answer is used up.
        this.#identity = { ...this.#identity, until: 0 };
        answer = undefined;
      }
    }
  }

  /** Sees to it that there is a fresh handle when a click needs one, as long as somebody looks at the page. */
  #plan(): void {
    const wait = Math.max(this.#identity.until - Date.now() - 60_000, 60_000);
    this.#due = Date.now() + wait;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.seen(), wait);
  }

  /** Throws a Problem; what the page said before stands then. */
  async #renew(answer?: Answer): Promise<void> {
    this.#identity = (await this.#ask(exchange, answer)) ?? this.#identity;
  }

  /** Opens the account that the tenant vouches for. */
  async #open(answer?: Answer): Promise<void> {
    try {
      const session = await this.#ask(vouch, answer);
      if (!session) return;
      if (this.#app.superseded) return void revoke(session);
      this.#identity = { ...nobody, subject: session.subject ?? "" };
      void keepSession(session);
      await this.#app.enter(session);
    } catch (thrown) {
      if (problemOf(thrown).code !== "upgraded") throw thrown;
      await this.#renew(); // by another assertion: that one is used up
    }
  }

  /** One question at a time, so that the last answer counts. An answer that was given before, as attributes are, is nothing new. */
  #ask<T>(use: (key: CryptoKeyPair, token: string) => Promise<T>, answer?: Answer): Promise<T | undefined> {
    const asked = this.#answered.then(async () => {
      const token = await (answer ?? askHost());
      if (!token) this.#identity = nobody;
      if (!token || token === this.#said) return undefined;
      this.#said = token;
      try {
        return await use(await frameKey(), token);
      } catch (thrown) {
        if (!/rejected|upgraded/.test(problemOf(thrown).code)) this.#said = undefined; // it may be as good as new
        throw thrown;
      }
    });
    this.#answered = asked.catch(() => {});
    return asked;
  }
}
