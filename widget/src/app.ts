// Which of its few faces the frame shows, and how it gets from one to the next.
import { config, host, t } from "./config";
import { reportError, tellHost } from "./host";
import type { Draft } from "./draft";
import type { Viewer } from "./note";
import { Notebook } from "./notebook";
import { revoke, type Session } from "./oauth";
import { signInByPopup } from "./popup";
import { meaning, problemOf } from "./problem";
import { finishRedirect, signInByRedirect } from "./redirect";
import { forgetSession, keepSession, recallSession } from "./session";

export type Face =
  | { name: "starting" | "opening" | "suspended" | "signingIn" }
  | { name: "signedOut"; notice: string; apart?: boolean }
  | { name: "notes"; notebook: Notebook };

export class App {
  face: Face = { name: "starting" };
  #session: Session | null = null;
  /** Text that a session ended over, and whose it is. */
  #kept: { viewer: string; draft: Draft } | null = null;

  #paint: () => void;

  constructor(paint: () => void) {
    this.#paint = paint;
  }

  /** The first thing: a session kept from an earlier page, or an answer in the address, or the offer to sign in. */
  async start(): Promise<void> {
    if (config.tenant.suspended) {
      this.turn({ name: "suspended" });
      reportError("tenant_suspended");
      return;
    }
    let refused: unknown;
    try {
      const fresh = host ? undefined : await finishRedirect();
      if (fresh) {
        await keepSession(fresh);
        return this.#enter(fresh);
      }
    } catch (thrown) {
      refused = thrown; // a session from before is as good
    }
    const session = await recallSession();
    if (session) return this.#enter(session);
    this.turn({ name: "signedOut", notice: "" });
    if (refused) this.#refuse(refused);
  }

  /** Must run in the click. */
  async signIn(): Promise<void> {
    const attempt = host ? signInByPopup() : signInByRedirect();
    this.turn({ name: "signingIn" });
    const mine = this.face;
    try {
      const session = await attempt;
      if (!session) return; // this page is being left
      await keepSession(session);
      await this.#enter(session);
    } catch (thrown) {
      if (this.face === mine) this.#refuse(thrown); // else a second click has begun another attempt
    }
  }

  /** Ends the session here and at the server; what was typed is saved first. */
  async signOut(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    await this.flush();
    const revoked = await revoke(session);
    await this.#leave(revoked ? "" : t("unrevoked"));
  }

  /** Saves what is typed, now. */
  async flush(): Promise<void> {
    if (this.face.name === "notes") await this.face.notebook.draft?.save();
  }

  async #enter(session: Session): Promise<void> {
    this.#session = session;
    const notebook: Notebook = new Notebook(session, {
      paint: this.#paint,
      met: (viewer) => this.#met(notebook, viewer),
      gone: () => void (this.#session === session && this.#leave(t("gone"))),
    });
    this.turn({ name: "notes", notebook });
    await notebook.load();
  }

  #met(notebook: Notebook, viewer: Viewer): void {
    tellHost("signedin");
    if (this.#kept?.viewer === viewer.id) {
      notebook.adopt(this.#kept.draft);
      this.#kept = null;
    }
  }

  async #leave(notice: string): Promise<void> {
    this.#session = null;
    if (this.face.name === "notes") {
      const { draft, viewer } = this.face.notebook;
      if (viewer && draft?.dirty) {
        this.#kept = { viewer: viewer.id, draft };
        notice += " " + t("kept");
      }
    }
    this.turn({ name: "signedOut", notice });
    await forgetSession();
    tellHost("signedout");
  }

  #refuse(thrown: unknown): void {
    const { code } = problemOf(thrown);
    this.turn({ name: "signedOut", notice: meaning(code), apart: code.startsWith("popup") });
    reportError(code);
  }

  /** Shows another face. */
  turn(face: Face): void {
    const first = this.face.name === "starting";
    this.face = face;
    this.#paint();
    if (first) tellHost("ready");
  }
}
