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
// needs neither a document nor a configuration, and neither does src/encryption. testdata/encryption_vectors.json has the known answers
// of the latter, which Go computes, too (encryption_test.go).
//
// # Which file
//
//   - served by: handler (every address; the configuration; worker.js and reason.js under fixed names),
//     frame (/embed: the frame's document, what is shown without a tenant),
//     frame_policy (… which pages may frame it),
//     embed.html (its template),
//     preview (/preview and its policy),
//     release (/v1: the loader and the package, the latest and pinned ones),
//     npm_package (packing the package, its modules),
//     assets (/assets: bundled files, their types and cache headers),
//     gzip (compressed or not),
//     trusted_documents (reading the GraphQL documents that widget sessions may run),
//     locale (the language of a document, its texts),
//     accent (the color of a document: shades, contrast)
//   - src/, entry points: loader (on a tenant's page: <aside-notes>, its attributes, methods, events),
//     frame (the frame page, its style sheet),
//     preview (the widget with sample notes),
//     error_page (tells the page that the frame shows an error),
//     worker (the service worker, with which the frame loads without a network)
//   - src/, state: app (which view is shown; signing in and out),
//     notebook (the notes of a session: list, search, open note, trash, retries),
//     session (stored for the next page, shared with open pages, revoked),
//     viewer (the type of the signed-in person),
//     host (messages with the loader around the frame: assertions, commands, the height, the reported origin)
//   - src/, components: view (the views, the sign-in), notes (the view of all notes), list (rows and their summary),
//     editor (of a note, with its tags)
//   - src/, requests: graphql (operations and their errors),
//     documents (documents.graphql: the operations), documents.d.graphql (their types),
//     dpop (the frame's key, proofs, nonces),
//     live_changes (changes made elsewhere, one stream for all pages of a browser),
//     release (reloading a page of an earlier release)
//   - src/, storage: outbox (unsaved drafts beyond a reload, encrypted),
//     store (IndexedDB, which may refuse or answer late),
//     lock (Web Locks between pages)
//   - src/, basics: config (what the server wrote into the document; this page's URL; texts with t(), dates),
//     explanation (a sentence for each error code),
//     theme (the page's theme, colors and fonts),
//     contrast (readable text on any color),
//     render (the part of Preact that the components need),
//     bytes (base64url, UTF-8, SHA-256, random tokens),
//     lazy (loading the extras, and an explanation from them), extras (what is in them), extras.* (… in one language),
//     shared (what the extras import from the frame)
//   - src/core/, used by web too: note (Note, Content, comparing notes),
//     draft (the state machine of saving),
//     tag (parsing tags, TagField),
//     text (cleaning text, an excerpt),
//     problem (Problem: an error with a code),
//     changes (reading the stream of changes),
//     uuid (version 7)
//   - src/encryption/, keys, used by web too: content_key (one for each account), tenant_key (derived for each tenant),
//     key_wrap (the content key wrapped by a passkey or a code),
//     prf (the secret of a passkey), recovery_code (made in the browser, its verifier),
//     key_transfer (a tenant key from the popup to the frame, as a JWE), key_store (where a page keeps its key),
//     activation (which content key an account gets), hkdf, aes_gcm, encoding (base64url, joined bytes)
//   - src/encryption/, notes: sealed_note (sealing and opening a note's text), padding (Padmé),
//     note_input (what is sent of a note, sealed or plain), conversion (turning it on and off),
//     opened_notes (search and tags on the device), search_text (which texts are equal),
//     seen_versions (detecting old ones)
//   - src/extras/, signing in: oauth (the client: pushed request, PKCE, code for a token),
//     popup (a window and the handshake with it),
//     redirect (… without a frame),
//     visitor (the one that the page names: getting and renewing assertions and tickets),
//     exchange (the token endpoint's answer to an assertion),
//     page_locks (locks by messages, for WebKit),
//     service_worker (registering it)
//   - src/extras/, components: conflict (two versions), trash, markdown (a note formatted),
//     shortcuts (the dialog of keys), keyboard (listening for keys),
//     suspended, visitor_required, vouched (a notice each),
//     style (their styles)
//   - src/testing/, for tests: frame (a frame's document and configuration),
//     locks (Web Locks that refuse or hang), webkit (a frame in WebKit), node.d (types of Node),
//     problem_code (what an act throws), encryption_vectors (known answers),
//     sealing_server (a model of the server), instant_crypto (WebCrypto that answers at once)
//   - npm/src/, @aside/widget: index (loading the script; types of the element),
//     react, vue (a component each)
//   - build/, bundling to dist: main (the command),
//     target (what is bundled to where),
//     bundle (esbuild; the extras without what the frame has),
//     documents (GraphQL documents: checked, made trusted, turned into a module),
//     output (hashed names, writing dist),
//     test_bundle (tests for Node)
//   - pin/: main (keeps today's loader in released, for tenants that pin it)
//
// The package knows nothing of databases or sessions and imports no other package of ours: New gets a function that finds a tenant.
// Nothing here decides who somebody is. It must never set a cookie, answer a cross-origin request with anything but public static
// files, or put a token, a code or a note into a page or a message that leaves the frame origin.
package widget
