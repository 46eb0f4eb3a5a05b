// The script on a tenant's page: defines <aside-notes>, a frame with the notes in it. Whatever else runs on that page may
// see and change all that is here, so there is nothing here to see: no token, no code, no note ever comes this way.

// A page may have overwritten any name of the window's (`var origin = "LHR"`), so everything comes from what can't be:
// document, location and what they make.
const make = document.createElement.bind(document);
const Base = make("i").constructor as typeof HTMLElement;
const Event = document.createEvent("CustomEvent").constructor as typeof CustomEvent;
const { addEventListener, removeEventListener } = document;
const { origin, ancestorOrigins = [] } = location;
// The page and, where it is framed itself, all that is around it, as far as the browser says.
const origins = [origin, ...ancestorOrigins];
const script = make("a");
// A module has no tag, but a place in the code: of that, too, only the origin counts.
script.href = (document.currentScript as HTMLScriptElement | null)?.src ?? `${/http\S+/.exec(Error().stack!)}`;
const frameOrigin = script.origin;

/** When the page's own scripts, deferred ones too, have had their say. */
const parsed = (async () => {
  if (document.readyState === "loading") {
    await { then: (resolve: EventListener) => addEventListener.call(document, "DOMContentLoaded", resolve) };
  }
})();

/** What the page tells us by attributes, or by properties of the same names; all of it goes with every message. */
const attributes = "tenant assertion ticket theme locale variables visitor".split(" ");

/** Says who the visitor is, whenever it is asked: by a JWT made for that nonce, or by nothing where nobody is logged in. */
type Assertion = (request: { nonce: string }) => Promise<string | null | undefined>;

// Any rule of the page goes before it; room for the frame, so that nothing jumps when it comes.
const rules = ":host{display:block;min-height:240px}:host([hidden]){display:none!important}a{position:absolute}";

class AsideNotes extends Base {
  static observedAttributes = attributes;

  // What frameworks bind to.
  static {
    for (const name of attributes) {
      Object.defineProperty(this.prototype, name, {
        // The function that was set, or the attribute.
        get(this: AsideNotes) {
          return (name === "assertion" && this.#assertion) || this.getAttribute(name);
        },
        set(this: AsideNotes, value: unknown) {
          this.#accept(name, value);
        },
      });
    }
  }

  #assertion: Assertion | undefined;
  // Out of the page's reach: neither its style sheets nor what compares its elements with new HTML knows of the frame.
  #root = this.attachShadow({ mode: "open" });
  #frame: HTMLIFrameElement | undefined;
  /** What was asked for before the frame could listen; nothing waits once it can. */
  #waiting: string[] | null = [];
  #patience: Animation | undefined;
  /** To the notes in a tab of their own, while they can't be here. */
  #link = make("a");

  #style = make("style");

  constructor() {
    super();
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(rules);
      this.#root.adoptedStyleSheets = [sheet];
    } catch {
      this.#style.textContent = rules; // which a Content-Security-Policy may forbid
    }
  }

  connectedCallback(): void {
    // What the page has set before the class was there hides the accessor.
    for (const name of attributes) {
      if (Object.hasOwn(this, name)) {
        const own = this as Record<string, unknown>;
        const value = own[name];
        delete own[name];
        own[name] = value;
      }
    }
    addEventListener.call(window, "message", this);
    this.#load();
  }

  /** Moved within the page, it stays as it is. */
  connectedMoveCallback(): void {}

  disconnectedCallback(): void {
    removeEventListener.call(window, "message", this);
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (this.#frame && /tenant|locale/.test(name)) this.#load();
    else this.update();
  }

  /** Sets a property, as frameworks do: to a function, an object, a text, or (null, undefined) to nothing. */
  #accept(name: string, value: unknown): void {
    if (name === "assertion") {
      const before = this.#assertion;
      this.#assertion = typeof value === "function" ? (value as Assertion) : undefined;
      if (this.#assertion !== before) this.update();
      if (this.#assertion) return;
    }
    if (value == null) this.removeAttribute(name);
    else this.setAttribute(name, (typeof value === "object" ? JSON.stringify(value) : value) as string);
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
    const name = data.type.slice(6); // behind "aside:"
    if (name === "hello") {
      // It is there, however long what it does next may take.
      frame.onload = null;
      this.#patience?.cancel();
      frame.title = data.title;
      this.#post("init");
    } else if (name === "assertion-request") {
      void this.#answer(data);
    } else if (name === "resize") {
      // What stands below, in sight, stays where it is until the visitor turns to the notes; till then they scroll.
      if (data.active || this.getBoundingClientRect().bottom > document.documentElement.clientHeight) frame.style.height = data.height + "px";
    } else if (/ready|signed|error/.test(name)) {
      frame.style.opacity = "";
      this.#link.remove();
      this.#tell(name, data.code && data);
      this.#waiting?.forEach((name) => this.#post(name));
      this.#waiting = null;
    }
  }

  async #answer({ id, nonce }: { id: string; nonce: string }): Promise<void> {
    try {
      await parsed;
      const jwt = (await this.#assertion?.({ nonce })) ?? this.getAttribute("assertion");
      // Frameworks that find no such property yet write a function's source into the attribute.
      if (/[\s(]/.test(jwt as string)) throw "no JWT; set assertion as a property";
      this.#post("assertion", { id, jwt });
    } catch (error) {
      this.#post("assertion", { id, error: `${error}` });
    }
  }

  // The frame comes when it is near what is in sight, or when a method needs it.
  #load(): void {
    const frame = (this.#frame = make("iframe"));
    frame.loading = "lazy";
    frame.src = `${frameOrigin}/embed/${this.getAttribute("tenant")}?origin=${origins.join("&ancestor=")}&locale=${this.getAttribute("locale") || ""}`;
    // It fills the room that is kept for it. Unseen until it wears the page's theme.
    frame.style = "display:block;width:100%;min-height:inherit;border:0;opacity:0";
    // A frame that was refused loads, too: it just never says hello. An animation is a timer that no page overwrites. One whose
    // address is held back, until the visitor consents, is waited for.
    this.#patience?.cancel();
    frame.onload = () => {
      if (!frame.src) return;
      this.#patience = frame.animate(null, 3000);
      this.#patience.onfinish = () => this.#blocked(frame);
    };
    this.#root.replaceChildren(this.#style, frame);
    this.#waiting ??= [];
  }

  // The frame stays: it may yet come, as after a consent or an outage.
  #blocked(frame: HTMLIFrameElement): void {
    const message = `List ${origins} as origins of tenant ${this.getAttribute("tenant")}, allow ${frameOrigin} in frame-src`;
    const link = this.#link;
    link.href = frame.src;
    link.target = "_blank";
    link.textContent = this.title || "Open your notes in a new tab";
    frame.before(link);
    console?.error?.(message);
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

  // By a name of its own for frameworks that can't bind one with a colon.
  #tell(name: string, detail?: object): void {
    for (const type of ["aside:" + name, "aside" + name]) this.dispatchEvent(new Event(type, { bubbles: true, composed: true, detail }));
  }
}

declare global {
  interface Window {
    asideQueue?: { push(command: () => void): void };
  }
}

// Loaded twice, the first one stays.
if (!customElements.get("aside-notes")) {
  customElements.define("aside-notes", AsideNotes);
  // What the page wanted done before the element could do it, and from now on at once.
  const push = (command: () => void) => command();
  (window.asideQueue as (() => void)[] | undefined)?.forEach(push);
  window.asideQueue = { push };
}

export {};
