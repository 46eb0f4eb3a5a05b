// The state of the frame: which view it shows, and how it gets from one view to the next.
import { config, host, pageURL, t } from "./config";
import type { Draft } from "./core/draft";
import { loadExplanation, loadExtras } from "./lazy";
import { frameKey } from "./dpop";
import { requestAssertion, reportError, postToHost } from "./host";
import { watchSessions, removeSession, saveSession, loadSession, revoke, shareSession, takeResponse, type Viewer, type Attempt, type AuthorizationResponse, type Push, type Session } from "./session";
import { Notebook } from "./notebook";
import { Problem, problemOf } from "./core/problem";
import { explainCode } from "./explanation";

/** Whether there is a page around the frame that can say who its visitor is, and the tenant wants that. */
const asksForVisitor = host !== null && config.policy.assertion !== "NONE";

const required = config.policy.assertion === "REQUIRED";

export type View =
  | { name: "starting" | "opening" | "suspended" | "signingIn" | "signingOut" }
  | { name: "signedOut"; notice: string; offersTab?: boolean }
  | { name: "notes"; notebook: Notebook };

/** Answer is what the page says about its visitor: an assertion or a ticket, "" for nobody. */
export type Answer = string | Promise<string>;

/** Visitor is the person that the page names (extras/visitor.ts). */
export interface Visitor {
  readonly subject: string;
  identify(answer?: Answer): Promise<void>;
  recheck(): void;
  pushRequest(before: View, push: Push, answer?: Answer): Promise<Attempt>;
}

/** AppExtras is what the app needs from the extras. */
export interface AppExtras {
  Visitor: new (app: App) => Visitor;
  signInByPopup(popup: Window | null, ready: (push: Push) => Promise<Attempt>): Promise<Session>;
  signInByRedirect(): Promise<void>;
  finishRedirect(response: AuthorizationResponse): Promise<Session>;
  afterSignIn(app: App): Promise<void>;
}

/** App holds the state of the frame. */
export class App {
  view: View = { name: "starting" };
  /** The visitor, once the page has named one. */
  visitor: Visitor | null = null;
  /** The current session. Before the notes are shown, it may turn out to be another person's. */
  session: Session | null = null;
  /** The drafts that this page has not saved, from ended sessions, too. Each is shown to its owner only. */
  #unsaved = new Set<Draft>();
  /** Whether the person signed out. Then no assertion opens anything until they sign in, or the page is loaded again. */
  signedOut = false;

  #notebook: Notebook | undefined;
  #popup: Window | null = null;
  #identifying: Promise<void> | undefined;
  #identifyAgain = false;
  #paint: () => void;

  constructor(paint: () => void) {
    this.#paint = paint;
  }

  /** Whether the tenant requires a visitor that it knows, and there is none. */
  get needsVisitor(): boolean {
    return required && !this.visitor?.subject;
  }

  /** Starts with an authorization response in the address, a stored session, or the offer to sign in. */
  async start(): Promise<void> {
    const response = host ? undefined : takeResponse();
    if (config.tenant.suspended) {
      this.show({ name: "suspended" });
      void this.report(new Problem("tenant_suspended"));
      return;
    }
    let refusal: unknown;
    try {
      if (response) {
        const { finishRedirect } = await loadExtras<AppExtras>();
        const fresh = await finishRedirect(response);
        void saveSession(fresh);
        return this.openNotes(fresh);
      }
    } catch (thrown) {
      refusal = thrown; // a stored session will do as well
    }
    const late = (session: Session | undefined) => this.#resumeLate(session);
    this.#resume(await loadSession(late));
    watchSessions(() => {
      if (this.session || this.view.name !== "signedOut") return;
      this.signedOut = false; // the person signed in on another page
      void loadSession(late).then(late);
    });
    await this.identifyVisitor();
    if (refusal && !this.session) await this.#showRefusal(refusal);
  }

  /** Says that this window was opened for a sign-in, and that no page is waiting for it. */
  async explainLoneWindow(): Promise<void> {
    const notice = await loadExplanation("lone");
    if (this.view.name === "signedOut" && !this.view.notice) this.show({ name: "signedOut", notice });
  }

  /** Shows a stored session, or what there is to see until the visitor is known. */
  #resume(session: Session | undefined): void {
    this.session = session ?? null;
    void frameKey(session?.key);
    if (session && !session.subject) {
      void this.openNotes(session);
    } else if (session || required || (asksForVisitor && config.policy.vouchedAccounts)) {
      this.show({ name: "opening" }); // the visitor decides what to show
    } else {
      this.show({ name: "signedOut", notice: "" });
    }
  }

  /** Resumes a session that storage returned late, unless the person has done something meanwhile. */
  #resumeLate(session: Session | undefined): void {
    if (!session || this.session || this.signedOut || !/signedOut|opening/.test(this.view.name)) return;
    this.#resume(session);
    if (session.subject) void this.identifyVisitor();
  }

  /** Handles an update from the page. If it names another visitor, the notes are hidden until that visitor is known. */
  update(another: boolean, moved = false): void {
    if (moved && this.view.name === "notes") void this.view.notebook.load();
    if (another && this.view.name === "notes" && this.session?.subject) {
      void this.flush();
      this.show({ name: "opening" });
    }
    void this.identifyVisitor();
  }

  /** Whether the page has sent an update since it was asked. The answer to the older question opens nothing. */
  get superseded(): boolean {
    return this.#identifyAgain;
  }

  /** Asks the page for its visitor and acts on the answer. After an update meanwhile it asks once more. */
  identifyVisitor(): Promise<void> {
    this.#identifyAgain = !!this.#identifying;
    return (this.#identifying ??= this.#identify().finally(() => {
      this.#identifying = undefined;
      if (this.#identifyAgain) return this.identifyVisitor();
      return undefined;
    }));
  }

  async #identify(): Promise<void> {
    try {
      await this.#askPage((visitor, answer) => visitor.identify(answer));
      this.stopWaiting("");
    } catch (thrown) {
      this.stopWaiting(explainCode(problemOf(thrown).code));
    }
  }

  /** Asks the page for its visitor and acts on the answer. Without a visitor now and before, it returns undefined and loads nothing. */
  async #askPage<T>(act: (visitor: Visitor, answer?: Answer) => Promise<T>): Promise<T | undefined> {
    const answer = !asksForVisitor ? "" : this.visitor ? undefined : requestAssertion();
    const assertion = await Promise.resolve(answer).catch(() => "something wrong");
    if (!assertion && !this.visitor && !this.session?.subject) return undefined;
    const { Visitor } = await loadExtras<AppExtras>();
    return act((this.visitor ??= new Visitor(this)), answer);
  }

  /** Stops waiting for the visitor, unless something else already did. */
  stopWaiting(notice: string): void {
    if (this.view.name === "opening" && !this.superseded) {
      this.closeSession();
      this.show({ name: "signedOut", notice });
    } else {
      this.#paint();
    }
  }

  /** Signs in. It must be called in the click. With notes that the tenant can open, it adds a passkey to them. */
  async signIn(): Promise<void> {
    const before = this.view;
    const attempt = host ? this.#signInByPopup(before) : loadExtras<AppExtras>().then(({ signInByRedirect }) => signInByRedirect());
    this.show({ name: "signingIn" });
    const signingIn = this.view;
    try {
      const session = await attempt;
      if (!session) return; // the browser is leaving this page
      if (session.subject && session.subject !== this.visitor?.subject) {
        void revoke(session);
        throw new Problem("stale"); // the visitor has changed meanwhile
      }
      void shareSession(session);
      await this.openNotes(session);
    } catch (thrown) {
      if (this.view !== signingIn) return; // a second click has started another attempt
      if (before.name === "notes" && this.session) {
        this.show(before);
        const { code } = await this.report(thrown);
        before.notebook.showToast(explainCode(code));
      } else {
        await this.#showRefusal(thrown);
      }
    }
  }

  /** Opens the window first: a browser allows that only in the click. */
  async #signInByPopup(before: View): Promise<Session> {
    this.#popup?.close();
    const popup = (this.#popup = open(pageURL + "#popup", "_blank", "popup,width=480,height=680"));
    try {
      const { signInByPopup } = await loadExtras<AppExtras>();
      return await signInByPopup(popup, async (push) => (await this.#askPage((visitor, answer) => visitor.pushRequest(before, push, answer))) ?? push(""));
    } finally {
      popup?.close();
    }
  }

  /** Saves what is typed, then ends the session here and at the server. */
  async signOut(): Promise<void> {
    const session = this.session;
    if (!session) return;
    this.signedOut = true;
    const saved = this.flush();
    this.show({ name: "signingOut" });
    await saved;
    const revoked = await revoke(session);
    await this.#endSession(revoked ? "" : await loadExplanation("unrevoked"));
  }

  /** Saves what is typed now. */
  async flush(): Promise<void> {
    if (this.view.name === "notes") await this.view.notebook.flush();
  }

  /** Saves when a field loses the focus. What failed waits for Retry or the next key, so that the button stays where it is. */
  onBlur(): void {
    if (this.view.name === "notes" && this.view.notebook.draft?.status !== "failed") void this.flush();
  }

  /** Retries when the browser is online again, or the page is visible again. */
  onResume(): void {
    if (this.view.name === "notes") void this.view.notebook.retry();
    this.visitor?.recheck();
  }

  /** Shows the notes of the session. */
  async openNotes(session: Session): Promise<void> {
    this.session = session;
    this.signedOut = false;
    const notebook = new Notebook(session, this.#unsaved, {
      paint: this.#paint,
      onViewer: (viewer) => this.#onViewer(session, viewer),
      onSessionEnded: () => void (this.session === session && this.#onSessionEnded(session)),
    });
    this.#notebook?.end();
    this.#notebook = notebook;
    this.show({ name: "notes", notebook });
    await notebook.load();
  }

  #onViewer(session: Session, viewer: Viewer): void {
    postToHost("signedin");
    session.viewer = viewer.id;
    if (this.session === session) void saveSession(session);
    // Now, while the network works.
    void loadExtras<AppExtras>()
      .then(({ afterSignIn }) => afterSignIn(this))
      .catch(() => {});
  }

  async #onSessionEnded(session: Session): Promise<void> {
    await this.#endSession(t("gone"));
    if (session.vouched) await this.identifyVisitor();
  }

  async #endSession(notice: string): Promise<void> {
    const session = this.closeSession();
    const unsaved = [...this.#unsaved].filter(({ backend }) => backend.owner === session?.viewer);
    if (unsaved.length) notice += " " + t(unsaved.every(({ stored }) => stored) ? "kept" : "unkept");
    this.show({ name: "signedOut", notice });
    await removeSession();
    postToHost("signedout");
  }

  /** Closes the session without ending it at the server, and returns it. */
  closeSession(): Session | null {
    const { session } = this;
    this.session = null;
    this.#notebook?.end();
    return session;
  }

  async #showRefusal(thrown: unknown): Promise<void> {
    const { code } = await this.report(thrown);
    this.show({ name: "signedOut", notice: explainCode(code), offersTab: code.startsWith("popup") });
  }

  /** Reports a failure to the page. Only its developer sees the reference to why an assertion was refused. */
  async report(thrown: unknown): Promise<Problem> {
    const problem = problemOf(thrown);
    reportError(problem.code, problem.code === "assertion_rejected" ? problem.message : await loadExplanation(problem.code));
    return problem;
  }

  /** Shows another view. */
  show(view: View): void {
    const first = this.view.name === "starting";
    this.view = view;
    this.#paint();
    if (first) postToHost("ready");
  }
}
