"use client"; // for frameworks that render components on the server, as Next.js does
// <AsideNotes/> for React 18 and 19: the element with properties instead of attributes and events.
import { createElement, forwardRef, useEffect, useImperativeHandle, useRef } from "react";
import { load } from "./index.js";
/** The widget. Its ref is the element, with its methods. */
export const AsideNotes = forwardRef(function AsideNotes({ frameOrigin, nonce, pinned, variables, assertion, onReady, onSignedIn, onSignedOut, onError, className, style, hidden, ...attributes }, ref) {
    const element = useRef(null);
    useImperativeHandle(ref, () => element.current);
    const latest = useRef({ assertion, onError });
    const ask = useRef(async (request) => latest.current.assertion?.(request));
    useEffect(() => {
        load(frameOrigin, { ...(nonce && { nonce }), ...(pinned && { pinned }) }).catch(({ message }) => latest.current.onError?.({ code: "script_blocked", message, help: frameOrigin + "/help#script_blocked" }));
    }, [frameOrigin]);
    // At every render, so that each event calls the functions of the last render.
    useEffect(() => {
        const e = element.current;
        latest.current = { assertion, onError };
        // Ask again when the page names another user or, without a name, when it passes another function.
        e.assertion = assertion && (attributes.visitor === undefined ? assertion : ask.current);
        const ended = new AbortController();
        const on = { ready: onReady, signedin: onSignedIn, signedout: onSignedOut, error: onError };
        for (const [name, act] of Object.entries(on)) {
            e.addEventListener("aside:" + name, (event) => act?.(event.detail), { signal: ended.signal });
        }
        return () => ended.abort();
    });
    // The widget may have been ready before the page was hydrated.
    useEffect(() => {
        if (element.current.ready)
            onReady?.();
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
