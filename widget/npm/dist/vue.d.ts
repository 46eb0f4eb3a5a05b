import { type PropType } from "vue";
import { type Assertion, type AsideAttributes, type AsideError, type LoadOptions, type Variables } from "./index.js";
/** The properties of the component. `id`, `class`, `style`, `hidden` and `title` go to the element. */
export interface AsideNotesProps extends Omit<AsideAttributes, "variables" | "assertion" | "title">, LoadOptions {
    /** Aside's frame origin, `https://…`. */
    frameOrigin: string;
    /** The look. See `Variables`. */
    variables?: Variables;
    /** Says who the visitor is. With `visitor` it can be an inline function. Without, a new function asks again. */
    assertion?: Assertion | undefined;
}
/** The events of the component. */
export interface AsideNotesEmits {
    /** The widget is ready to use. */
    ready: () => void;
    /** A session began. */
    signedIn: () => void;
    /** A session ended. */
    signedOut: () => void;
    /** Something failed, or the script could not be loaded. You or the visitor have to act. */
    error: (error: AsideError) => void;
}
/** The widget. A template ref has `element`, with its methods. */
export declare const AsideNotes: import("vue").DefineComponent<import("vue").ExtractPropTypes<{
    frameOrigin: {
        type: StringConstructor;
        required: true;
    };
    tenant: {
        type: StringConstructor;
        required: true;
    };
    theme: PropType<"light" | "dark" | "auto">;
    locale: StringConstructor;
    variables: PropType<Variables>;
    ticket: StringConstructor;
    visitor: PropType<string | null>;
    context: PropType<string | null>;
    assertion: PropType<Assertion>;
    nonce: StringConstructor;
    pinned: PropType<{
        file: string;
        integrity: string;
    }>;
}>, () => import("vue").VNode<import("vue").RendererNode, import("vue").RendererElement, {
    [key: string]: any;
}>, {}, {}, {}, import("vue").ComponentOptionsMixin, import("vue").ComponentOptionsMixin, {
    ready: () => true;
    signedIn: () => true;
    signedOut: () => true;
    error: (_: AsideError) => true;
}, string, import("vue").PublicProps, Readonly<import("vue").ExtractPropTypes<{
    frameOrigin: {
        type: StringConstructor;
        required: true;
    };
    tenant: {
        type: StringConstructor;
        required: true;
    };
    theme: PropType<"light" | "dark" | "auto">;
    locale: StringConstructor;
    variables: PropType<Variables>;
    ticket: StringConstructor;
    visitor: PropType<string | null>;
    context: PropType<string | null>;
    assertion: PropType<Assertion>;
    nonce: StringConstructor;
    pinned: PropType<{
        file: string;
        integrity: string;
    }>;
}>> & Readonly<{
    onError?: (_: AsideError) => any;
    onReady?: () => any;
    onSignedIn?: () => any;
    onSignedOut?: () => any;
}>, {}, {}, {}, {}, string, import("vue").ComponentProvideOptions, true, {}, any>;
