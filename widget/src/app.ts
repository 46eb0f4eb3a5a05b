// Which of its few faces the frame shows, and how it gets from one to the next.
import { config, host, pageURL, t } from "./config";
import type { Draft } from "./draft";
import { explain, loadExtras } from "./extra";
import { frameKey } from "./dpop";
import type { Visitor } from "./extras/visitor";
import { askHost, reportError, tellHost } from "./host";
import type { Viewer } from "./note";
import { Notebook } from "./notebook";
import { meaning, Problem, problemOf } from "./problem";
import { followSessions, forgetSession, keepSession, recallSession, revoke, shareSession, takeResponse, type Session } from "./session";

/** Whether a page is there to be asked who is in front of it, and its tenant wants it to be. */
const asks = host !== null && config.policy.assertion !== "NONE";

const required = config.policy.assertion === "REQUIRED";

export type Face =
  | { name: "starting" | "opening" | "suspended" | "signingIn" | "signingOut" }
  | { name: "signedOut"; notice: string; apart?: boolean }
  | { name: "notes"; notebook: Notebook };

export class App {
  face: Face = { name: "starting" };
  /** Known once the page has said something of its visitor. */
  visitor: Visitor | null = null;
  /** The live one; before the notes are shown, one that may turn out to be somebody else's. */
  session: Session | null = null;
  /** Text that this page has not saved; a session may have ended over it. It is shown to nobody but whose it is. */
  #unsaved = new Set<Draft>();
  /** By the person's own hand: no assertion opens anything until they sign in, or the page is loaded anew. */
  signedOut = false;

  #notebook: Notebook | undefined;
  #popup: Window | null = null;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #paint: () => void;

  constructor(paint: () => void) {
    this.#paint = paint;
  }

  /** The tenant wants to know its visitors, and this isn't one it knows. */
  get strange(): boolean {
    return required && !this.visitor?.subject;
  }

  /** The first thing: a session kept from an earlier page, or an answer in the address, or the offer to sign in. */
  async start(): Promise<void> {
    const response = host ? undefined : takeResponse();
    if (config.tenant.suspended) {
      this.turn({ name: "suspended" });
      void this.report(new Problem("tenant_suspended"));
      return;
    }
    let refused: unknown;
    try {
      if (response) {
        const { finishRedirect } = await loadExtras();
        const fresh = await finishRedirect(response);
        void keepSession(fresh);
        return this.enter(fresh);
      }
    } catch (thrown) {
      refused = thrown; // a session from before is as good
    }
    const late = (session: Session | undefined) => this.#resumeLate(session);
    this.#resume(await recallSession(late));
    followSessions(() => {
      if (this.session || this.face.name !== "signedOut") return;
      this.signedOut = false; // by the same hand, elsewhere
      void recallSession(late).then(late);
    });
    await this.look();
    if (refused && !this.session) await this.#refuse(refused);
  }

  /** This window was opened to be sent on, and nobody does. */
  async forsaken(): Promise<void> {
    const notice = await explain("lone");
    if (this.face.name === "signedOut" && !this.face.notice) this.turn({ name: "signedOut", notice });
  }

  /** Shows what is to be seen while it is found out who is there. */
  #resume(session: Session | undefined): void {
    this.session = session ?? null;
    void frameKey(session?.key);
    if (session && !session.subject) {
      void this.enter(session);
    } else if (session || required || (asks && config.policy.vouchedAccounts)) {
      this.turn({ name: "opening" }); // what is to be seen depends on who is there
    } else {
      this.turn({ name: "signedOut", notice: "" });
    }
  }

  /** Goes on with a session that storage had after all, unless somebody has done something since. */
  #resumeLate(session: Session | undefined): void {
    if (!session || this.session || this.signedOut || !/signedOut|opening/.test(this.face.name)) return;
    this.#resume(session);
    if (session.subject) void this.look();
  }

  /** The page says something new. Where it names another visitor, nothing is to be seen until it is known who that is. */
  update(another: boolean): void {
    if (another && this.face.name === "notes" && this.session?.subject) {
      void this.flush();
      this.turn({ name: "opening" });
    }
    void this.look();
  }

  /** Whether the page has said something newer than what it was asked: what was found out for that opens nothing. */
  get superseded(): boolean {
    return this.#lookAgain;
  }

  /** Asks the page who is there, and sees to what follows. What it says meanwhile is asked for then, once. */
  look(): Promise<void> {
    this.#lookAgain = !!this.#looking;
    return (this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#lookAgain) return this.look();
      return undefined;
    }));
  }

  async #look(): Promise<void> {
    try {
      await this.#ask((visitor, answer) => visitor.look(answer));
      this.rest("");
    } catch (thrown) {
      this.rest(meaning(problemOf(thrown).code));
    }
  }

  /** Asks the page who is there. What follows needs the extras, but not (undefined) where nobody is and nobody was. */
  async #ask<T>(act: (visitor: Visitor, answer?: string | Promise<string>) => Promise<T>): Promise<T | undefined> {
    const answer = !asks ? "" : this.visitor ? undefined : askHost();
    const said = await Promise.resolve(answer).catch(() => "something wrong");
    if (!said && !this.visitor && !this.session?.subject) return undefined;
    const { Visitor } = await loadExtras();
    return act((this.visitor ??= new Visitor(this)), answer);
  }

  /** Ends the waiting for who is there, if nothing else did. */
  rest(notice: string): void {
    if (this.face.name === "opening" && !this.superseded) {
      this.putAway();
      this.turn({ name: "signedOut", notice });
    } else {
      this.#paint();
    }
  }

  /** Must run in the click. From notes that the tenant can open it leads to notes that only a passkey opens. */
  async signIn(): Promise<void> {
    const before = this.face;
    const attempt = host ? this.#signInByPopup(before) : loadExtras().then(({ signInByRedirect }) => signInByRedirect());
    this.turn({ name: "signingIn" });
    const mine = this.face;
    try {
      const session = await attempt;
      if (!session) return; // this page is being left
      if (session.subject && session.subject !== this.visitor?.subject) {
        void revoke(session);
        throw new Problem("stale"); // somebody else is there by now
      }
      void shareSession(session);
      await this.enter(session);
    } catch (thrown) {
      if (this.face !== mine) return; // a second click has begun another attempt
      if (before.name === "notes" && this.session) {
        this.turn(before);
        const { code } = await this.report(thrown);
        before.notebook.say(meaning(code));
      } else {
        await this.#refuse(thrown);
      }
    }
  }

  /** Opens the window before anything else: a browser lets only a click do so. */
  async #signInByPopup(before: Face): Promise<Session> {
    this.#popup?.close();
    const popup = (this.#popup = open(pageURL + "#popup", "_blank", "popup,width=480,height=680"));
    try {
      const { signInByPopup } = await loadExtras();
      return await signInByPopup(popup, async (push) => (await this.#ask((visitor, answer) => visitor.ready(before, push, answer))) ?? push(""));
    } finally {
      popup?.close();
    }
  }

  /** Ends the session here and at the server; what was typed is saved first. */
  async signOut(): Promise<void> {
    const session = this.session;
    if (!session) return;
    this.signedOut = true;
    const saved = this.flush();
    this.turn({ name: "signingOut" });
    await saved;
    const revoked = await revoke(session);
    await this.#leave(revoked ? "" : await explain("unrevoked"));
  }

  /** Saves what is typed, now. */
  async flush(): Promise<void> {
    if (this.face.name === "notes") await this.face.notebook.flush();
  }

  /** A field was left. What failed waits for Retry or the next key: a button must not vanish from under the finger that is about to press it. */
  left(): void {
    if (this.face.name === "notes" && this.face.notebook.draft?.status !== "failed") void this.flush();
  }

  /** The browser is back in touch, or somebody looks at the page again. */
  back(): void {
    if (this.face.name === "notes") void this.face.notebook.retry();
    this.visitor?.seen();
  }

  /** Shows the notes that the session opens. */
  async enter(session: Session): Promise<void> {
    this.session = session;
    this.signedOut = false;
    const notebook = new Notebook(session, this.#unsaved, {
      paint: this.#paint,
      met: (viewer) => this.#met(session, viewer),
      gone: () => void (this.session === session && this.#gone(session)),
    });
    this.#notebook?.end();
    this.#notebook = notebook;
    this.turn({ name: "notes", notebook });
    await notebook.load();
  }

  #met(session: Session, viewer: Viewer): void {
    tellHost("signedin");
    session.viewer = viewer.id;
    if (this.session === session) void keepSession(session);
    // While they can be had.
    void loadExtras().then(({ listenForKeys, registerServiceWorker }) => {
      listenForKeys(this);
      void registerServiceWorker();
    }).catch(() => {});
  }

  async #gone(session: Session): Promise<void> {
    await this.#leave(t("gone"));
    if (session.vouched) await this.look();
  }

  async #leave(notice: string): Promise<void> {
    const session = this.putAway();
    const unsaved = [...this.#unsaved].filter(({ shelf }) => shelf.owner === session?.viewer);
    if (unsaved.length) notice += " " + t(unsaved.every(({ kept }) => kept) ? "kept" : "unkept");
    this.turn({ name: "signedOut", notice });
    await forgetSession();
    tellHost("signedout");
  }

  /** Puts the session away. What was typed is shown to nobody else. */
  putAway(): Session | null {
    const { session } = this;
    this.session = null;
    this.#notebook?.end();
    return session;
  }

  async #refuse(thrown: unknown): Promise<void> {
    const { code } = await this.report(thrown);
    this.turn({ name: "signedOut", notice: meaning(code), apart: code.startsWith("popup") });
  }

  /** Tells the page of a failure; the reference to why an assertion was refused is for its developer alone. */
  async report(thrown: unknown): Promise<Problem> {
    const problem = problemOf(thrown);
    reportError(problem.code, problem.code === "assertion_rejected" ? problem.message : await explain(problem.code));
    return problem;
  }

  /** Shows another face. */
  turn(face: Face): void {
    const first = this.face.name === "starting";
    this.face = face;
    this.#paint();
    if (first) tellHost("ready");
  }
}
