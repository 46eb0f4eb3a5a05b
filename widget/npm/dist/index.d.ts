/** Returns a fresh assertion that says who the visitor is. Put `nonce` into it. */
export type Assertion = (request: {
    nonce: string;
}) => Promise<string | null | undefined>;
/** The variables for the widget's look. Each has a default. Unreadable text colors are replaced. */
export interface Variables {
    /** The accent color: the primary button and lines under selected items. The button gets an edge on a background of a similar color. */
    accent?: string;
    /** The background color. */
    background?: string;
    /** The text color. */
    text?: string;
    /** The color of dates and hints. */
    muted?: string;
    /** The color of lines. */
    line?: string;
    /** The corner radius of buttons and fields. */
    radius?: string;
    /** The font family. */
    font?: string;
}
/** The detail of `aside:error`. */
export interface AsideError {
    /** The kind of error. It never changes. */
    code: string;
    /** What happened and what to do about it. */
    message: string;
    /** A page that explains the code. */
    help: string;
}
/** The events of the element. No event holds a note, a token or the visitor's identity. All events bubble, also out of a shadow tree. Each has a second name without the colon. */
export interface AsideEvents {
    /** The widget is ready to use. */
    "aside:ready": CustomEvent<null>;
    /** A session began. */
    "aside:signedin": CustomEvent<null>;
    /** A session ended. */
    "aside:signedout": CustomEvent<null>;
    /** Something failed. You or the visitor have to act. */
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
/** `<aside-notes>`: a block that shows the notes. It takes its width from the page and sets its own height. */
export interface AsideNotesElement extends HTMLElement {
    /** Says who the visitor is: a function or a JWT. You can set it before the script has loaded. Setting, replacing or removing it asks again at once. */
    assertion?: Assertion | string | null | undefined;
    /** Names the logged-in user. See the attribute. */
    visitor?: string | null | undefined;
    /** Same as the attribute. */
    context?: string | null | undefined;
    /** Same as the attribute. */
    tenant?: string | null | undefined;
    /** Same as the attribute. */
    theme?: string | null | undefined;
    /** Same as the attribute. */
    locale?: string | null | undefined;
    /** Same as the attribute, or an object of `Variables`. */
    variables?: Variables | string | null | undefined;
    /** Same as the attribute. */
    ticket?: string | null | undefined;
    /** Whether `aside:ready` was dispatched, for code that starts to listen later. */
    readonly ready?: boolean;
    /** Shows the widget and moves the focus into it. */
    open(): void;
    /** Hides the widget. Typed text is saved. */
    close(): void;
    /** Signs the visitor out of this widget. */
    signOut(): void;
    /** Asks again who the visitor is, and applies the attributes again. */
    update(): void;
    /** Removes the widget from the page. */
    destroy(): void;
    addEventListener<K extends keyof AsideEvents>(type: K, listener: (event: AsideEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
    addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}
/** The attributes of the element. */
export interface AsideAttributes {
    /** Your tenant key, `t_…`. */
    tenant: string;
    /** `light`, `dark`, or `auto` to follow the visitor's system. */
    theme?: "light" | "dark" | "auto";
    /** The language: `en`, `de`, `fr`, `es`, `pt-BR`, `ja` or `ar`. Default: the language of the visitor's browser. */
    locale?: string;
    /** `Variables` as JSON. */
    variables?: string;
    /** A JWT that says who the visitor is, on a page that is rendered for one visitor. The property of the same name takes precedence. */
    assertion?: string;
    /** A one-time ticket that your backend fetched, in place of an assertion. */
    ticket?: string;
    /** Any text that names the user who is logged in at your site, or nothing when nobody is. It goes to no server. When it changes, the widget hides the previous visitor's notes at once and asks who is there. */
    visitor?: string | null | undefined;
    /** Your own id for the page, such as that of an article or a product, of up to 200 characters. The notes of the page come first in the list. */
    context?: string | null | undefined;
    /** The text of the link to the notes that appears if the frame can't be shown. Default: an English text. */
    title?: string;
}
export interface LoadOptions {
    /** The nonce of your Content-Security-Policy, if it needs one. */
    nonce?: string;
    /** A version of the script that never changes: its file, `/v1/aside.<hash>.js`, and its `integrity`. */
    pinned?: {
        file: string;
        integrity: string;
    };
}
/** Loads the widget's script once from Aside's frame origin, and resolves when the element is ready to use. If a load fails, the next call tries again. It does nothing on a server. */
export declare function load(frameOrigin: string, options?: LoadOptions): Promise<void>;
declare global {
    interface HTMLElementTagNameMap {
        "aside-notes": AsideNotesElement;
    }
    /** The events bubble, so the document and the window may listen, too. */
    interface GlobalEventHandlersEventMap extends AsideEvents {
    }
    interface Window {
        /** What is to be done once the element can be used; see the documentation. */
        asideQueue?: (() => void)[] | {
            push(command: () => void): unknown;
        };
    }
}
