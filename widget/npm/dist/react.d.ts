import { type DetailedHTMLProps, type HTMLAttributes } from "react";
import { type Assertion, type AsideAttributes, type AsideError, type AsideNotesElement, type LoadOptions, type Variables } from "./index.js";
export interface AsideNotesProps extends Omit<AsideAttributes, "variables" | "assertion">, LoadOptions, Pick<HTMLAttributes<HTMLElement>, "id" | "className" | "style" | "hidden"> {
    /** Aside's frame origin, `https://…`. */
    frameOrigin: string;
    /** The look. See `Variables`. */
    variables?: Variables;
    /** Says who the visitor is. With `visitor` it can be an inline function. Without, a new function asks again. */
    assertion?: Assertion | undefined;
    /** The widget is ready to use. */
    onReady?: () => void;
    /** A session began. */
    onSignedIn?: () => void;
    /** A session ended. */
    onSignedOut?: () => void;
    /** Something failed, or the script could not be loaded. You or the visitor have to act. */
    onError?: (error: AsideError) => void;
}
/** The widget. Its ref is the element, with its methods. */
export declare const AsideNotes: import("react").ForwardRefExoticComponent<AsideNotesProps & import("react").RefAttributes<AsideNotesElement>>;
/** `<aside-notes>` as it is, in JSX. React 19 binds its properties once the script is there, and its events by their names without a colon. */
type AsideNotesTag = DetailedHTMLProps<HTMLAttributes<AsideNotesElement>, AsideNotesElement> & Omit<AsideAttributes, "variables" | "assertion"> & {
    class?: string;
    variables?: Variables | string;
    assertion?: Assertion | string | null | undefined;
    onasideready?: (event: CustomEvent<null>) => void;
    onasidesignedin?: (event: CustomEvent<null>) => void;
    onasidesignedout?: (event: CustomEvent<null>) => void;
    onasideerror?: (event: CustomEvent<AsideError>) => void;
};
declare module "react" {
    namespace JSX {
        interface IntrinsicElements {
            "aside-notes": AsideNotesTag;
        }
    }
}
export {};
