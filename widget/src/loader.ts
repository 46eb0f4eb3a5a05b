// The script on a tenant's page. It defines <aside-notes>, a frame with the notes in it. Other scripts on the page can see and change
// everything here, so no token, code or note ever comes here.

// A page may have overwritten any name of the window (`var origin = "LHR"`), so everything comes from what cannot be overwritten:
// document, location and the objects that they create.
const createElement = document.createElement.bind(document);
const Base = createElement("i").constructor as typeof HTMLElement;
const Event = document.createEvent("CustomEvent").constructor as typeof CustomEvent;
const { addEventListener, removeEventListener } = document;
const { origin, ancestorOrigins = [] } = location;
// The page and, if it is framed itself, its ancestors, as far as the browser tells.
const origins = [origin, ...ancestorOrigins];
const script = createElement("a");
// A module has no tag, but its URL is in the stack. Only the origin counts.
script.href = (document.currentScript as HTMLScriptElement | null)?.src ?? `${/http\S+/.exec(Error().stack!)}`;
const frameOrigin = script.origin;

/** Resolves when the page's own scripts, deferred ones too, have run. */
const documentParsed = (async () => {
  if (document.readyState === "loading") {
    await { then: (resolve: EventListener) => addEventListener.call(document, "DOMContentLoaded", resolve) };
  }
})();

/** The attributes of the element, which are properties, too. All of them are sent with every message. */
const attributes = "tenant assertion ticket theme locale variables visitor context".split(" ");

/** Assertion returns a JWT for the nonce that names the visitor, or nothing if nobody is logged in. */
type Assertion = (request: { nonce: string }) => Promise<string | null | undefined>;

// Any rule of the page takes precedence. The height reserves space, so that nothing moves when the frame loads.
const rules = ":host{display:block;min-height:240px}:host([hidden]){display:none!important}a{position:absolute}";

class AsideNotes extends Base {
  static observedAttributes = attributes;

  // Frameworks bind to properties.
  static {
    for (const name of attributes) {
      Object.defineProperty(this.prototype, name, {
        // The function that was set, or the attribute.
        get(this: AsideNotes) {
          return (name === "assertion" && this.#assertion) || this.getAttribute(name);
        },
        set(this: AsideNotes, value: unknown) {
          this.#setProperty(name, value);
        },
      });
    }
  }

  /** Whether the event `aside:ready` was dispatched, for code that listens later. */
  declare ready?: boolean;
  #assertion: Assertion | undefined;
  // Out of the page's reach: the frame is hidden from its style sheets and from code that compares its elements with new HTML.
  #root = this.attachShadow({ mode: "open" });
  #frame: HTMLIFrameElement | undefined;
  /** The commands sent before the frame listens; null once it does. */
  #queuedCommands: string[] | null = [];
  #timeout: Animation | undefined;
  /** A link to the notes in a tab of their own, while they cannot be shown here. */
  #link = createElement("a");

  constructor() {
    super();
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(rules);
      this.#root.adoptedStyleSheets = [sheet];
    } catch {
      const style = createElement("style");
      style.textContent = rules; // a Content-Security-Policy may forbid this
      this.#root.append(style);
    }
  }

  connectedCallback(): void {
    // A property that the page set before the class was defined hides the accessor.
    for (const name of attributes) {
      if (this.hasOwnProperty(name)) {
        const own = this as Record<string, unknown>;
        const value = own[name];
        delete own[name];
        own[name] = value;
      }
    }
    addEventListener.call(window, "message", this);
    this.#load();
  }

  /** Does nothing: when it is moved within the page, the frame stays. */
  connectedMoveCallback(): void {}

  disconnectedCallback(): void {
    removeEventListener.call(window, "message", this);
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (this.#frame && /tenant|locale/.test(name)) this.#load();
    else this.update();
  }

  /** Sets a property, as frameworks do: to a function, an object, a text, or to nothing (null, undefined). */
  #setProperty(name: string, value: unknown): void {
    if (name === "assertion") {
      const before = this.#assertion;
      this.#assertion = typeof value === "function" ? (value as Assertion) : undefined;
      if (this.#assertion !== before) this.update();
      if (this.#assertion) return;
    }
    if (value == null) this.removeAttribute(name);
    else this.setAttribute(name, (typeof value === "object" ? JSON.stringify(value) : value) as string);
  }

  /** Shows the widget and focuses it. */
  open(): void {
    this.hidden = false;
    this.#send("open");
  }

  /** Hides the widget and saves what was typed. */
  close(): void {
    this.#send("close");
    this.hidden = true;
  }

  /** Signs the person out of this widget. */
  signOut(): void {
    this.#send("signout");
  }

  /** Sends the theme, the variables and the visitor again. */
  update(): void {
    this.#queuedCommands || this.#post("update"); // a frame that doesn't listen yet asks for all of it later
  }

  /** Removes the widget from the page. */
  destroy(): void {
    this.remove();
  }

  handleEvent({ source, origin, data }: MessageEvent): void {
    const frame = this.#frame!;
    if (source !== frame?.contentWindow || origin !== frameOrigin || data?.v !== 1) return;
    const name = data.type.slice(6); // after "aside:"
    if (name === "hello") {
      // The frame has loaded, however long its next steps may take.
      frame.onload = null;
      this.#timeout?.cancel();
      frame.title = data.title;
      this.#post("init");
    } else if (name === "assertion-request") {
      void this.#answer(data);
    } else if (name === "resize") {
      // Visible content below stays in place until the visitor uses the notes; until then the notes scroll.
      if (data.active || this.getBoundingClientRect().bottom > document.documentElement.clientHeight) frame.style.height = data.height + "px";
    } else if (/ready|signed|error/.test(name)) {
      frame.style.opacity = "";
      this.#link.remove();
      this.ready ||= name === "ready";
      this.#dispatch(name, data.code && data);
      this.#queuedCommands?.forEach((name) => this.#post(name));
      this.#queuedCommands = null;
    }
  }

  async #answer({ id, nonce }: { id: string; nonce: string }): Promise<void> {
    try {
      await documentParsed;
      const jwt = (await this.#assertion?.({ nonce })) ?? this.getAttribute("assertion");
      // Frameworks that do not find the property yet write a function's source into the attribute.
      if (/[\s(]/.test(jwt as string)) throw "set assertion as a property";
      this.#post("assertion", { id, jwt });
    } catch (error) {
      this.#post("assertion", { id, error: `${error}` });
    }
  }

  // The frame loads when it is near the viewport, or when a method needs it.
  #load(): void {
    this.#frame?.remove();
    this.#link.remove();
    const frame = (this.#frame = createElement("iframe"));
    frame.loading = "lazy";
    frame.src = `${frameOrigin}/embed/${this.getAttribute("tenant")}?origin=${origins.join("&ancestor=")}&locale=${this.getAttribute("locale") || ""}`;
    // It fills the reserved space, and is invisible until it has the page's theme.
    frame.style = "border:0;opacity:0;width:100%;display:block;min-height:inherit;max-height:inherit";
    // A refused frame fires load as well, but never says hello. An animation is a timer that no page overwrites. A frame without an
    // address, which is withheld until the visitor consents, is waited for.
    this.#timeout?.cancel();
    frame.onload = () => {
      if (!frame.src) return;
      this.#timeout = frame.animate(null, 3000);
      this.#timeout.onfinish = () => this.#onBlocked(frame);
    };
    this.#root.append(frame);
    this.#queuedCommands ??= [];
  }

  // The frame stays, since it may still load, as after a consent or an outage.
  #onBlocked(frame: HTMLIFrameElement): void {
    const message = `List ${origins} as origins of ${this.getAttribute("tenant")}, allow ${frameOrigin} in frame-src`;
    const link = this.#link;
    link.href = frame.src;
    link.target = "_blank";
    link.textContent = this.title || "Open your notes in a new tab";
    frame.before(link);
    console?.error?.(message);
    this.#dispatch("error", { code: "frame_blocked", message, help: frameOrigin + "/help#frame_blocked" });
  }

  #send(name: string): void {
    if (this.#queuedCommands) {
      this.#queuedCommands.push(name);
      if (this.#frame) this.#frame.loading = "eager";
    } else this.#post(name);
  }

  // The frame takes the attributes that it needs.
  #post(name: string, answer?: object): void {
    const message: Record<string, unknown> = { type: "aside:" + name, v: 1, ...answer };
    for (const name of attributes) message[name] = this.getAttribute(name);
    // A page that names itself says where it is.
    message.page = message.context && [document.title, document.URL];
    this.#frame?.contentWindow?.postMessage(message, frameOrigin);
  }

  // Each event has a second name for frameworks that cannot bind a name with a colon.
  #dispatch(name: string, detail?: object): void {
    for (const type of ["aside:" + name, "aside" + name]) this.dispatchEvent(new Event(type, { bubbles: true, composed: true, detail }));
  }
}

declare global {
  interface Window {
    asideQueue?: { push(command: () => void): void };
  }
}

// If it is loaded twice, the first one stays.
if (!customElements.get("aside-notes")) {
  customElements.define("aside-notes", AsideNotes);
  // Runs the commands that the page has queued, and later ones at once.
  const push = (command: () => void) => command();
  (window.asideQueue as (() => void)[] | undefined)?.forEach(push);
  window.asideQueue = { push };
}

export {};
