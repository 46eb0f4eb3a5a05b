"use client"; // for frameworks that render components on the server, as Next.js does

// <AsideNotes/> for React 18 and 19: the element with properties instead of attributes and events.
import { createElement, forwardRef, useEffect, useImperativeHandle, useRef, type DetailedHTMLProps, type HTMLAttributes } from "react";
import { load, type Assertion, type AsideAttributes, type AsideError, type AsideNotesElement, type LoadOptions, type Variables } from "./index.js";

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
export const AsideNotes = forwardRef<AsideNotesElement, AsideNotesProps>(function AsideNotes(
  { frameOrigin, nonce, pinned, variables, assertion, onReady, onSignedIn, onSignedOut, onError, className, style, hidden, ...attributes },
  ref,
) {
  const element = useRef<AsideNotesElement>(null);
  useImperativeHandle(ref, () => element.current!);
  const latest = useRef({ assertion, onError });
  const ask = useRef<Assertion>(async (request) => latest.current.assertion?.(request));
  useEffect(() => {
    load(frameOrigin, { ...(nonce && { nonce }), ...(pinned && { pinned }) }).catch(({ message }: Error) =>
      latest.current.onError?.({ code: "script_blocked", message, help: frameOrigin + "/help#script_blocked" }),
    );
  }, [frameOrigin]);
  // At every render, so that each event calls the functions of the last render.
  useEffect(() => {
    const e = element.current!;
    latest.current = { assertion, onError };
    // Ask again when the page names another user or, without a name, when it passes another function.
    e.assertion = assertion && (attributes.visitor === undefined ? assertion : ask.current);
    const ended = new AbortController();
    const on = { ready: onReady, signedin: onSignedIn, signedout: onSignedOut, error: onError };
    for (const [name, act] of Object.entries(on)) {
      e.addEventListener("aside:" + name, (event) => act?.((event as CustomEvent).detail), { signal: ended.signal });
    }
    return () => ended.abort();
  });
  // The widget may have been ready before the page was hydrated.
  useEffect(() => {
    if (element.current!.ready) onReady?.();
  }, []);
  // Room for the frame, so that nothing on the page moves when it comes.
  return createElement("aside-notes", {
    ref: element,
    class: className,
    style: { display: "block", minHeight: 240, ...style },
    hidden: hidden || undefined, // React 18 writes hidden="false", which hides
    variables: variables && JSON.stringify(variables),
    ...attributes,
  });
});

/** `<aside-notes>` as it is, in JSX. React 19 binds its properties once the script is there, and its events by their names without a colon. */
type AsideNotesTag = DetailedHTMLProps<HTMLAttributes<AsideNotesElement>, AsideNotesElement> &
  Omit<AsideAttributes, "variables" | "assertion"> & {
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
