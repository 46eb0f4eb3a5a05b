// Package widget is what runs on a tenant's page and inside the iframe: the loader that defines <aside-notes>, the frame's app with the
// notes in it, and the handler that serves both from the frame origin.
//
// The browser code is in src. The package build bundles it into dist, which is embedded:
//
//	tenant's page                 frame origin (iframe)            account origin (popup)
//	loader.ts  ── postMessage ──  frame.tsx  ── postMessage ──     package web
//
// The frame's document loads frame.tsx, with the list and the editor. What is needed later or seldom (signing in, a conflict, the
// trash, the keyboard, the visitor that the page names) is in src/extras: a second module, which imports what both use from the first
// (src/shared.ts).
//
// src/core is the note core, which the account page uses, too: notes, tags, drafts and the stream of changes. It needs neither a
// document nor a configuration. Every change shows at once and is a draft (src/core/draft.ts) until the server has it. Drafts outlive
// the page, encrypted and for their owner only (src/outbox.ts). With src/worker.ts the frame loads without a network. The texts are in
// src/locales, a catalog for each language. npm is @aside/widget, the element's types and a wrapper for React. released has the loaders
// that tenants may have pinned.
//
// The package knows nothing of databases or sessions and imports no other package of ours: New gets a function that finds a tenant.
// Nothing here decides who somebody is. It must never set a cookie, answer a cross-origin request with anything but public static
// files, or put a token, a code or a note into a page or a message that leaves the frame origin.
package widget
