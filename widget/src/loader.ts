// The script on a tenant's page: defines <aside-notes>, a frame with the notes in it. Whatever else runs on that page may
// see and change all that is here, so there is nothing here to see: no token, no code, no note ever comes this way.

const frameOrigin = new URL((document.currentScript as HTMLScriptElement).src).origin;

/** When the page's own scripts, deferred ones too, have had their say. */
const parsed = new Promise<unknown>((resolve) => (document.readyState === "loading" ? addEventListener("DOMContentLoaded", resolve) : resolve(0)));

/** What the page tells us by attributes; all of it goes with every message. */
const attributes = ["tenant", "assertion", "ticket", "theme", "locale", "variables"];

class AsideNotes extends HTMLElement {
  static observedAttributes = attributes;

  /**
   * Says who the visitor is, whenever it is asked: by a JWT made for that nonce, or by nothing where nobody is logged in.
   * Only declared: a field of the class would wipe out what the page has set before the class was there.
   */
  declare assertion?: (request: { nonce: string }) => Promise<string | null | undefined>;

  #frame: HTMLIFrameElement | undefined;
  /** What was asked for before the frame could listen; nothing waits once it can. */
  #waiting: string[] | null = [];
  #timer = 0;

  connectedCallback(): void {
    addEventListener("message", this);
    this.#load();
  }

  disconnectedCallback(): void {
    removeEventListener("message", this);
  }

  attributeChangedCallback(name: string): void {
    if (this.#frame && /tenant|locale/.test(name)) this.#load();
    else this.update();
  }

  /** Shows the widget and puts the focus into it. */
  open(): void {
    this.hidden = false;
    this.#send("open");
  }

  /** Hides the widget; what is typed is saved. */
  close(): void {
    this.#send("close");
    this.hidden = true;
  }

  /** Signs the person out of this widget. */
  signOut(): void {
    this.#send("signout");
  }

  /** Hands the theme and variables in again, and whoever is logged in now. */
  update(): void {
    this.#waiting || this.#post("update"); // a frame that doesn't listen yet asks for all of it when it does
  }

  /** Takes the widget off the page. */
  destroy(): void {
    this.remove();
  }

  handleEvent({ source, origin, data }: MessageEvent): void {
    const frame = this.#frame!;
    if (source !== frame?.contentWindow || origin !== frameOrigin || data?.v !== 1) return;
    const { id, nonce } = data;
    const name = data.type.slice(6); // behind "aside:"
    if (name === "hello") {
      // It is there, however long what it does next may take.
      frame.onload = null;
      clearTimeout(this.#timer);
      frame.title = data.title;
      this.#post("init");
    } else if (name === "assertion-request") {
      parsed
        .then(() => this.assertion?.({ nonce }) ?? this.getAttribute("assertion"))
        .then(
          (jwt) => this.#post("assertion", { id, jwt }),
          (error) => this.#post("assertion", { id, error: "" + error }),
        );
    } else if (name === "resize") {
      // What stands below, in sight, stays where it is until the visitor turns to the notes; till then they scroll.
      if (data.active || this.getBoundingClientRect().bottom > innerHeight) frame.style.height = data.height + "px";
    } else if (/ready|signed|error/.test(name)) {
      frame.style.opacity = "";
      this.#tell(name, data.code && data);
      this.#waiting?.forEach((name) => this.#post(name));
      this.#waiting = null;
    }
  }

  // The frame comes when it is near what is in sight, or when a method needs it.
  #load(): void {
    const frame = (this.#frame = document.createElement("iframe"));
    frame.loading = "lazy";
    frame.src = `${frameOrigin}/embed/${this.getAttribute("tenant")}?origin=${origin}&locale=${this.getAttribute("locale") || ""}`;
    // It fills the room that is kept for it. Unseen until it wears the page's theme.
    frame.style = "display:block;width:100%;min-height:inherit;border:0;opacity:0";
    // A frame that was refused loads, too: it just never says hello.
    clearTimeout(this.#timer);
    frame.onload = () => (this.#timer = setTimeout(() => this.#blocked(frame.src), 3000));
    this.replaceChildren(frame);
    this.#waiting ??= [];
  }

  #blocked(url: string): void {
    const message = `\`${origin}\` is not an embed origin of tenant ${this.getAttribute("tenant")}; add it under Console → Origins`;
    const link = document.createElement("a");
    link.href = url;
    link.target = "_blank";
    link.append(this.title || "Open your notes in a new tab");
    this.replaceChildren(link);
    console.error(message);
    this.#tell("error", { code: "frame_blocked", message, help: frameOrigin + "/help#frame_blocked" });
  }

  #send(name: string): void {
    if (this.#waiting) {
      this.#waiting.push(name);
      if (this.#frame) this.#frame.loading = "eager";
    } else this.#post(name);
  }

  // The frame takes what it needs of the attributes.
  #post(name: string, answer?: object): void {
    const message: Record<string, unknown> = { type: "aside:" + name, v: 1, ...answer };
    for (const name of attributes) message[name] = this.getAttribute(name);
    this.#frame?.contentWindow?.postMessage(message, frameOrigin);
  }

  #tell(name: string, detail?: object): void {
    this.dispatchEvent(new CustomEvent("aside:" + name, { bubbles: true, detail }));
  }
}

declare global {
  interface Window {
    asideQueue?: { push(command: () => void): void };
  }
}

// Loaded twice, the first one stays.
if (!customElements.get("aside-notes")) {
  // Of no specificity, so that any rule of the page goes before it; room for the frame, so that nothing jumps when it comes.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":where(aside-notes){display:block;min-height:240px}aside-notes[hidden]{display:none!important}");
  document.adoptedStyleSheets.push(sheet);
  customElements.define("aside-notes", AsideNotes);
  // What the page wanted done before the element could do it, and from now on at once.
  const push = (command: () => void) => command();
  (window.asideQueue as (() => void)[] | undefined)?.forEach(push);
  window.asideQueue = { push };
}

export {};
