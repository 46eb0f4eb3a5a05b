// Loads the widget's script where a page is built by a bundler, and says what the element is. Nothing happens at import, so it
// may be imported on a server.

/** Who the visitor is: asked for whenever a fresh answer is needed. `nonce` belongs into the assertion. */
export type Assertion = (request: { nonce: string }) => Promise<string | null | undefined>;

/** What may be set for the look; everything has a default, and ink that could not be read is replaced. */
export interface Variables {
  /** The one colour: the primary button, and what is chosen. */
  accent?: string;
  /** The paper. */
  background?: string;
  /** The ink. */
  text?: string;
  /** Dates and hints. */
  muted?: string;
  /** Hairlines. */
  line?: string;
  /** Corners of buttons and fields. */
  radius?: string;
  /** A font family. */
  font?: string;
}

/** What `aside:error` says. */
export interface AsideError {
  /** Names the kind of error for good. */
  code: string;
  /** What happened and what to do about it. */
  message: string;
  /** A page that explains the code. */
  help: string;
}

/** The events of the element. None holds a note, a token, or who the visitor is. All bubble, out of a shadow tree, too; each comes by a second name, without the colon. */
export interface AsideEvents {
  /** The widget can be used. */
  "aside:ready": CustomEvent<null>;
  /** A session began. */
  "aside:signedin": CustomEvent<null>;
  /** A session ended. */
  "aside:signedout": CustomEvent<null>;
  /** Something needs you or the visitor. */
  "aside:error": CustomEvent<AsideError>;
  /** The same as `aside:ready`. */
  asideready: CustomEvent<null>;
  /** The same as `aside:signedin`. */
  asidesignedin: CustomEvent<null>;
  /** The same as `aside:signedout`. */
  asidesignedout: CustomEvent<null>;
  /** The same as `aside:error`. */
  asideerror: CustomEvent<AsideError>;
}

/** `<aside-notes>`: a block with the notes in it. It takes its width from the page and finds its own height. */
export interface AsideNotesElement extends HTMLElement {
  /** Says who the visitor is: a function, or a JWT. May be set before the script has loaded. Setting, replacing or removing it asks again at once. */
  assertion?: Assertion | string | null | undefined;
  /** Names who is logged in; see the attribute. */
  visitor?: string | null | undefined;
  /** As the attribute. */
  tenant?: string | null | undefined;
  /** As the attribute. */
  theme?: string | null | undefined;
  /** As the attribute. */
  locale?: string | null | undefined;
  /** As the attribute, or `Variables`. */
  variables?: Variables | string | null | undefined;
  /** As the attribute. */
  ticket?: string | null | undefined;
  /** Shows the widget and puts the focus into it. */
  open(): void;
  /** Hides the widget; what is typed is saved. */
  close(): void;
  /** Signs the person out of this widget. */
  signOut(): void;
  /** Asks anew who the visitor is, and hands the attributes in again. */
  update(): void;
  /** Takes the widget off the page. */
  destroy(): void;
  addEventListener<K extends keyof AsideEvents>(type: K, listener: (event: AsideEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

/** The attributes of the element. */
export interface AsideAttributes {
  /** Your key, `t_…`. */
  tenant: string;
  /** `light`, `dark`, or as the visitor's system has it. */
  theme?: "light" | "dark" | "auto";
  /** The language: `en`, `de`, `fr`, `es`, `pt-BR`, `ja` or `ar`; else the one of the visitor's browser. */
  locale?: string;
  /** JSON of `Variables`. */
  variables?: string;
  /** A JWT that says who the visitor is, on a page that is rendered for one; what the property of that name gives counts before it. */
  assertion?: string;
  /** A one-time ticket that your backend fetched, in the place of an assertion. */
  ticket?: string;
  /** Any text that names who is logged in at your site, and nothing where nobody is. It goes to no server. When it changes, the former visitor's notes are hidden at once and the widget asks who is there. */
  visitor?: string | null | undefined;
  /** What a link to the notes says where their frame cannot be shown; else it is in English. */
  title?: string;
}

export interface LoadOptions {
  /** Of a Content-Security-Policy that asks for one. */
  nonce?: string;
  /** The script by a name that changes with it, `/v1/aside.<hash>.js`, and its `integrity`: it stays as it is. */
  pinned?: { file: string; integrity: string };
}

/** What of Trusted Types a script's address needs. */
interface ScriptURLs {
  createScriptURL(url: string): string;
}

let policy: ScriptURLs | undefined;
let loading: Promise<void> | undefined;

/** Loads the widget's script from Aside's frame origin, once; resolves when the element can be used. A load that failed is tried again at the next call. On a server it does nothing. */
export function load(frameOrigin: string, options: LoadOptions = {}): Promise<void> {
  if (typeof document === "undefined" || customElements.get("aside-notes")) return Promise.resolve();
  return (loading ??= insert(frameOrigin, options).catch((error: unknown) => {
    loading = undefined;
    throw error;
  }));
}

async function insert(frameOrigin: string, { nonce, pinned }: LoadOptions): Promise<void> {
  const url = frameOrigin + "/v1/" + (pinned?.file ?? "aside.js");
  const blocked = (allow: string) => new Error(`aside: ${url} could not be loaded; allow ${allow}. See ${frameOrigin}/help#script_blocked`);
  const script = document.createElement("script");
  try {
    script.src = trusted(url);
  } catch {
    throw blocked("aside in trusted-types");
  }
  script.async = true;
  if (nonce) script.nonce = nonce;
  if (pinned) {
    script.integrity = pinned.integrity;
    script.crossOrigin = "anonymous";
  }
  await new Promise((resolve) => {
    script.onload = script.onerror = resolve;
    document.head.append(script);
  });
  if (!customElements.get("aside-notes")) {
    script.remove();
    throw blocked(frameOrigin + " in script-src");
  }
}

/** The address in the form that a page with Trusted Types demands: by the policy `aside` where the page allows that one, else by the page's default policy. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: ScriptURLs): ScriptURLs } };
  try {
    policy ??= trustedTypes?.createPolicy("aside", { createScriptURL: (url) => url });
  } catch {} // the page does not list it
  return policy ? policy.createScriptURL(url) : url;
}

declare global {
  interface HTMLElementTagNameMap {
    "aside-notes": AsideNotesElement;
  }
  /** The events bubble, so the document and the window may listen, too. */
  interface GlobalEventHandlersEventMap extends AsideEvents {}
  interface Window {
    /** What is to be done once the element can be used; see the documentation. */
    asideQueue?: (() => void)[] | { push(command: () => void): unknown };
  }
}
