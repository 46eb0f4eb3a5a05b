// Package widget is what runs on a tenant's page and inside the iframe: the loader that defines <aside-notes>, the frame
// app with the notes in it, and the handler that serves both from the frame origin.
//
// The browser code lies in src, is bundled by build and embedded from dist:
//
//	tenant's page                 frame origin (iframe)            account origin (popup)
//	loader.ts  ── postMessage ──  frame.tsx  ── postMessage ──     package web
//
// The frame's document loads frame.tsx, with the list and the editor in it. What is needed later or seldom (signing in, a conflict,
// the trash, the keyboard, who the page says its visitor is) lies in src/extras: a second module, which imports what both use
// from the frame's (src/shared.ts).
//
// What a person does shows at once and is a draft (src/draft.ts) until the server has it. Drafts outlive the page, sealed and
// for their owner alone (src/outbox.ts); src/worker.ts has the frame come up without a network. What is said is in src/locales, a catalog for each language. npm is
// @aside/widget, the element's types and a wrapper for React; released has the loaders that tenants may have pinned.
//
// The package knows nothing of databases or sessions and imports nothing of ours: New is told how to find a tenant.
// Nothing here decides who somebody is. It must never set a cookie, answer a cross-origin request with anything but
// public static files, or put a token, a code or a note into a page or a message that leaves the frame origin.
package widget
