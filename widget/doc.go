// Package widget is what runs on a tenant's page and inside the iframe: the loader that defines <aside-notes>, the frame's app
// with the notes in it, and the handler that serves both from the frame origin.
//
// The browser code is in src. The package build bundles it into dist, which is embedded:
//
//	tenant's page                 frame origin (iframe)            account origin (popup)
//	loader.ts  ── postMessage ──  frame.tsx  ── postMessage ──     package web
//
// The frame's document loads frame.tsx, with the list and the editor. What is needed later or seldom is in src/extras: a
// second module, which imports what both use from the first (src/shared.ts). src/core is the note core, which the account page
// uses, too. It needs neither a document nor a configuration, and neither does src/encryption.
// testdata/encryption_vectors.json has the known answers of the latter, which Go computes, too (encryption_test.go).
//
// # Which file
//
//   - served by: handler (every address; Config, Tenant; worker.js and reason.js under fixed names, /help),
//     frame (/embed: the frame's document, its headers and data blocks; which pages may frame it: frame-ancestors; what is shown
//     without a tenant, retries), embed.html (its template), preview (/preview and its policy),
//     assets (/assets: bundled files, their URL, Integrity and type, cache headers, CORS, nosniff; package web has its own, too;
//     /v1: the latest loader and the pinned ones, aside.json), npm_package (packing the npm package, its modules),
//     gzip (compress, AcceptsGzip: compressed or not, by Accept-Encoding with its q; no body for HEAD),
//     trusted_documents (reading the GraphQL documents that widget sessions may run),
//     locale (the texts of a document, the catalogs of src/locales; all languages, which one fits a person, the direction of its
//     script: package web uses them, too)
//   - src/, entry points: loader (on a tenant's page: <aside-notes>, its attributes, methods, events, the iframe),
//     frame (the frame page: drawing the app, its style sheet; focus, double clicks, page events),
//     preview (the widget with sample notes, its settings in the fragment),
//     error_page (tells the page that the frame shows an error),
//     worker (the service worker, with which the frame loads without a network)
//   - src/, state: app (App: which view is shown; signing in and out, a suspended tenant; asking the page for its visitor),
//     page (the page that names itself: its id, title and URL), notebook (the notes of a session: list, search, open note,
//     trash, retries; the drafts not saved; loading end-to-end encryption; NotebookExtras),
//     notebook_listener (Listener, which hears of changes of a notebook; Toast, a line about what just happened),
//     session (its types: Session, Attempt, SentKey; stored for the next page, shared with open pages by a channel that pagehide closes,
//     revoked; an AuthorizationResponse in the query; Viewer, the signed-in person: id, displayName, identity with name, email,
//     subject),
//     host (messages with the loader around the frame, requests by id until it answers: requestAssertion, commands, the
//     height, the reported origin, reportError)
//   - src/, components: view (AppView: a component for each view, the sign-in; ViewExtras),
//     notes (the view of all notes: header, toast, search, tags), list (its states, NoteRow and its summary),
//     editor (of a note: title, text, pin, status; with its tags)
//   - src/, requests: graphql (operations and their errors, 401, statuses), documents (documents.graphql: the operations),
//     documents.d.graphql (the type of a document: its id, from the hash of its text; their names: Home, Notes, Create, Restore, …),
//     dpop (the frame's key, proofs, nonces; post with a timeout),
//     live_changes (changes made elsewhere: one stream for all pages of a browser, posted to the others by the page with the
//     lock; who follows it), release (reloading a page of an earlier release)
//   - src/, storage: outbox (unsaved drafts beyond a reload, encrypted; taken over from closed pages),
//     store (load, save, remove: IndexedDB, which may refuse or answer late; memory instead),
//     lock (Web Locks between pages: requestLock, held or not)
//   - src/, basics: config (Config: what the server wrote into the document, config.extras; the origin
//     around the frame; this page's URL; t() for texts with plurals, dates), explanation (a sentence for each error code),
//     theme (the page's theme and variables, colors and fonts: applyTheme), contrast (readable text and visible edges on any color: luminance),
//     render (the part of Preact that the components need: h, Fragment, render),
//     bytes (base64url, UTF-8, SHA-256, random tokens), flag.d (END_TO_END: a constant of the build; without it, no
//     end-to-end encryption),
//     lazy (loadExtras: config.extras, tried again, of another release; showLazy: a component of the extras, by its name, once they are loaded;
//     loadExplanation), extras (what it loads: exports only, with their texts), encryption (what the notebook loads for some people:
//     exports only, with its texts),
//     shared (what the extras import from the frame), shared_encryption (what end-to-end encryption alone does)
//   - src/core/, used by web too: note (types of the API: Note, Content, Version, Page, Change; Part; comparing notes, page size),
//     draft (Draft, Pending, Backend: the state machine of saving), replacement (of a text at once: by a conflict's choice or
//     an earlier version; Undo until it changes again), tag (parsing tags, TagField),
//     text (cleaning text, an excerpt), match (the part of a text that shows what a search found, cut at both ends),
//     problem (Problem, problemOf: an error with a code, the current note, how long to wait; is it temporary?),
//     changes (reading the stream of changes: events, gaps, Retry-After), uuid (version 7)
//   - src/encryption/, keys, used by web too: content_key (one for each account: made, imported),
//     tenant_key (derived for each tenant),
//     key_wrap (the content key wrapped by a passkey or a code: Wrapper, passkeyKEK, recoveryKEK, generation),
//     prf (the PRF extension's input and result of 32 bytes; withoutSecrets, for the server),
//     recovery_code (ten made in the browser, formatted and parsed; the verifier of one),
//     key_transfer (a tenant key from the popup to the frame, as a JWE; ECDH),
//     key_store (Values, KeyStore: where a page keeps its key, in memory too),
//     activation (ActivationServer: which content key an account gets, by the wraps that the server has), hkdf (a secret
//     imported, and keys derived from it),
//     aes_gcm (IV, tag), encoding (base64url, joined bytes)
//   - src/encryption/, notes: sealed_note (sealing and opening a note's text, its JSON, context, limits), padding (Padmé),
//     note_input (noteInput, readNote: the fields of a note sent and read, sealed or not, or locked; the type AccountSealing),
//     conversion (ConversionServer: all notes converted, on and off, in passes of requests of limited length),
//     sealed_notes (SealedNotes, between a page and the API: opened, sealed, pages of them; isSealed, whether an account's are;
//     UnopenedReason),
//     opened_notes (OpenedNotes: search, tags and order on the device),
//     search_text (searchable, finder: which texts are equal, letters and marks folded),
//     seen_versions (the newest version seen of each note, to detect older ones)
//   - src/sealed/, loaded for a person who has turned it on: requests (a notebook's requests, sealed and opened; the banner
//     over the notes: only you can read them, or unlock),
//     key (the key that the sign-in window sent)
//   - src/extras/: parts (what is in them; each module has an interface XExtras with what it uses)
//   - src/extras/, signing in: oauth (the client: pushed request, PKCE, state and iss, code for a token),
//     popup (a window, the handshake with it, its authorization response, is it still open?),
//     redirect (… without a frame: the attempt stored, and finished after the redirect),
//     visitor (the one that the page names: getting and renewing assertions and tickets; one who has left: the session ends),
//     exchange (token requests with an assertion: a handle, or a vouched session),
//     page_locks (locks by messages over a channel, for WebKit),
//     service_worker (registering it, Trusted Types), after_sign_in (what a document does once then)
//   - src/extras/, components: conflict (two versions), versions (earlier ones, and restoring one),
//     difference (of two texts, by words or lines), trash (restore, delete and its confirmation),
//     markdown (a note formatted, its tick boxes), keyboard (listening for keys; showShortcuts, a dialog),
//     suggestion (after a note was created: end-to-end encryption, another way into the account),
//     notice (Suspended, VisitorRequired, Vouched: a notice each), style (their styles, and print)
//   - src/testing/, for tests: frame (a frame's document and configuration), locks (Web Locks that refuse or hang),
//     webkit (a frame in WebKit),
//     notebook_server (a notebook's session, and the server that answers it), node.d (types of Node), problem_code (what an act throws),
//     encryption_vectors (known answers), sealing_server (a model of the server),
//     converting_page (a page that turns encryption on and off and writes meanwhile),
//     instant_crypto (WebCrypto that answers at once)
//   - npm/src/, @aside/widget: index (loading the script: trusted types, its nonce, integrity; the element's types, events),
//     react, vue (a component each, its props as attributes of the element; script_blocked)
//   - build/, bundling to dist: main (the command, its names and -tests), target (what is bundled to where; the manifest),
//     bundle (modules and their entries: esbuild's options and errors; the extras without what the frame has; no module twice),
//     language (an output for each language, by the catalogs there are),
//     shorten (terser after esbuild), documents (GraphQL documents: checked, made trusted, turned into a module),
//     output (hashed names, writing dist, weights), test_bundle (tests for Node)
//   - pin/: main (keeps today's loader, as a handler serves it, in released, for tenants that pin it)
//
// The package knows nothing of databases or sessions and imports no other package of ours: New gets a function that finds a
// tenant. Nothing here decides who somebody is. It must never set a cookie, answer a cross-origin request with anything but
// public static files, or put a token, a code or a note into a page or a message that leaves the frame origin.
package widget
