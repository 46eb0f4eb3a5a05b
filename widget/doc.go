// Package widget is what runs on a tenant's page and inside the iframe: the loader that defines <aside-notes>, the frame's app with the
// notes in it, and the handler that serves both from the frame origin.
//
// The browser code is in src. The package build bundles it into dist, which is embedded:
//
//	tenant's page                 frame origin (iframe)            account origin (popup)
//	loader.ts  ── postMessage ──  frame.tsx  ── postMessage ──     package web
//
// The frame's document loads frame.tsx, with the list and the editor. What is needed later or seldom is in src/extras: a second
// module, which imports what both use from the first (src/shared.ts). src/core is the note core, which the account page uses, too. It
// needs neither a document nor a configuration.
//
//	src/loader.ts                    the script on a tenant's page: the element, its attributes, methods and events
//	src/host.ts, src/error_page.ts   messages from the frame to the page: of the app, and of a frame that shows an error instead
//	src/app.ts, src/session.ts       which view is shown; signing in and out; the stored session and its sharing between pages
//	src/notebook.ts                  the notes of a session: list, search, open note, trash, retries
//	src/view.tsx, notes.tsx, …       the components, one file each: list.tsx, editor.tsx with its tags, extras/conflict.tsx, extras/trash.tsx
//	src/render.ts                    the part of Preact that the components need
//	src/core                         notes, drafts (the state machine of saving), tags, cleaned text, Problem, the stream of changes
//	src/live_changes.ts              changes made elsewhere, from one stream for all pages of a browser
//	src/outbox.ts, store.ts, lock.ts unsaved drafts beyond a reload, encrypted; IndexedDB; locks between pages
//	src/dpop.ts, graphql.ts          requests: proofs of possession, operations of documents.graphql and their errors
//	src/extras                       sign-in by popup or redirect, OAuth, the visitor that the page names, Markdown, shortcuts, styles
//	src/lazy.tsx, extras.ts          how the extras are loaded, and what is in them; src/release.ts reloads a page of an earlier release
//	src/config.ts, explanation.ts    what the server wrote into the document, texts with t(); a sentence for each error code
//	src/locales                      the texts, a catalog for each language
//	src/theme.ts, contrast.ts        the page's colors and fonts
//	src/worker.ts                    the service worker, with which the frame loads without a network
//	npm, released                    @aside/widget, with wrappers for React and Vue; the loaders that tenants may have pinned
//
// # Where to look
//
//	handler.go            the addresses and the configuration
//	frame.go              /embed: the frame's document, and what is shown without a tenant
//	frame_policy.go       … which pages may frame it
//	preview.go            /preview
//	release.go            /v1: the loader and the package, the latest and pinned ones; npm_package.go packs the package
//	assets.go             /assets: bundled files; gzip.go: compressed or not
//	trusted_documents.go  the GraphQL documents that widget sessions may run
//	locale.go, accent.go  the language and the color of a document
//	build                 target.go: what is bundled to where; bundle.go: with esbuild; documents.go: GraphQL; output.go: writes dist
//	pin                   keeps today's loader for tenants that pin it
//	example               the demo shop
//
// The package knows nothing of databases or sessions and imports no other package of ours: New gets a function that finds a tenant.
// Nothing here decides who somebody is. It must never set a cookie, answer a cross-origin request with anything but public static
// files, or put a token, a code or a note into a page or a message that leaves the frame origin.
package widget
