// Package web serves the pages of the account origin and sets its security headers.
//
// The pages show what package auth returns, and send what the person decides to it. The package must not authenticate,
// read the database or decide who may do what: package auth does.
//
// A page has a template (template/), and a script and a style sheet of the same name (src/). The directories below src hold
// the code that pages share. widget/build bundles the scripts to dist. No page has an inline script or style.
//
// The popup is plain TypeScript, so that it loads fast. /account and /console are hosted pages: Preact renders them from
// the responses of /graphql.
//
// The texts of the pages are catalogs in src/locales, beside the widget's: English and six other languages. /console and
// /docs are in English.
//
// # Which file
//
//   - served by: handler (every address, /assets included; Config, with the URL of its AccountOrigin checked; Interactions),
//     page (rendering templates, compressed or not; errors as a page, those of 500 and more in the log; /; the hosted pages
//     /account, /recover, /console and /console/explorer),
//     docs (/docs, what its search reads; the command web/docs renders the pages),
//     popup (GET /oauth/authorize: the page of an Interaction, its data block),
//     locale (the language of a page, its texts: which files have them), masked (personal text in a compressed page: BREACH),
//     headers (Headers: what every response of the account origin has: Content-Security-Policy, Permissions-Policy, nosniff)
//   - template/: popup, hosted (of /account, /recover and /console), docs, index, error, head (<head> and header of each)
//   - src/, a page each: popup (which step comes next, what each button does: onPress), account (its pages and navigation),
//     recover (its form, and what is shown afterwards), console (its pages, the choice of the tenant),
//     extras (what pages and the popup load later or never), key_removal (the content key removed before a sign-in), sealed_account (the popup for an encrypted account), docs (the search's form and results),
//     explorer (/console/explorer: runs operations), text.d (types of files imported as text)
//   - src/popup/: handshake (with window.opener: identifyOpener, its origin, messages received, FatalError),
//     interaction (the request that the server put into the page; unmasked; PopupModules: what modules that are loaded later get),
//     decision (what the person decides, sent; its Outcome, the next step or a redirect; the response posted to the opener),
//     screen (which section is shown, the placeholders in it, the focus), buttons (paused against double clicks),
//     device (offering a passkey on this device, declined),
//     text (the texts of its script),
//     new_account (loaded later: an account that was just created is discarded if the person declines),
//     added_passkey (loaded later: a passkey on this device, made; it opens encrypted notes, too; there is one already: InvalidStateError),
//     recovery (loaded later: with a code; older passkeys and removing one, repeated after a confirmation; its GraphQL answers),
//     passkey_text (loaded later: when an older passkey was added and used, why it stays, too many of them, in every language)
//   - src/account/, a page each: overview (/account: figures; the name; the account ID),
//     proposed_name (is the name the one that the account was given?; the person keeps it),
//     notes (lists, search, filters, "Show more", the trash; after a pause in typing),
//     editor (one note: its fields, tags, conflict, in the trash; deleting it forever),
//     versions (the earlier ones of an open note, and restoring one), passkeys (the list; add, rename, remove),
//     sessions (sign out everywhere else), sites (allowed and linked sites; withdrawing, unlinking),
//     activity (security events, an Entry each), recovery (codes: made),
//     encryption_page (turning end-to-end encryption on and off: progress, codes to save and to type), data (export, import)
//   - src/account/, their parts: delete_account (its dialog, the typed word), documents (GraphQL, types of its answers),
//     draft (SiteDraft, AccountBackend: saves an edited note with GraphQL; the unsaved ones, retries),
//     changes (the stream of changes: useChanges, useChangeStream),
//     note (SiteNote, NotePage, Site: their types; a note's name), page_link (a link from a note to its page), site_link (to
//     a site), note_page (reading a page of notes until it is full),
//     note_requests (noteRequests: how notes are read and written),
//     codes (Codes: recovery codes, shown once, printed), load_encryption (importing it and its texts),
//     encryption (what that imports: exports only),
//     sealed (around pages with notes: opened, or locked with a button to unlock), text (the texts of /account and /recover),
//     replacement (Undo for a text that was replaced: withdrawn when it changes again),
//     lockout_warning (one passkey and no codes; shown in overview, passkeys), older_passkeys (after a recovery)
//   - src/recover/: account (finding the account; Proof: a code's or a link's, from the fragment),
//     account_summary (the account found: name, age, passkeys; who is signed in)
//   - src/console/, a page each: install (its steps, the snippet, the policy; checking a page that has the widget),
//     origins (adding, removing one),
//     assertion_keys (AssertionKeyCard: its buttons Rotate and Revoke; adding one, code samples),
//     server_keys (ServerKeyCard: the same; creating one, a try with curl), policy,
//     webhooks (WebhookCard: its buttons Rotate and Remove, since when it fails),
//     branding (the form, the contrast of its color, the widget's preview in a frame), usage (spans, figures, the bar chart),
//     audit_log (filter, more, CSV; each action in words),
//     members (each one, their role, removing, leaving, transferring the tenant), new_tenant, invitation (accepting one)
//   - src/console/, their parts: documents (GraphQL, types of its answers), tenant_page (TenantPageProps, of every page: admin, owner, memberId, …),
//     config (data attributes of #app: the frame origin, self-serve), checks (a list of passed and failed checks),
//     snippets (code to copy: HTML, npm, React, …; code that signs, in each language, its environment), assertion_tester,
//     add_webhook (its form: URL and events, what each event means), deliveries (of a webhook: their results, Send again),
//     exposed_secrets (after a member left: the cards of both kinds of keys and of webhooks in one list; useFirst, the keys
//     there were before),
//     invitation_link (its fragment), invitations (open ones of the tenant, making and withdrawing one),
//     delete_tenant (its dialog, its name typed), roles (their names, options to choose), settings (as text, for viewers),
//     accent (a color: luminance and contrast of two, #rrggbb)
//   - src/docs/: search (the sections with all words)
//   - src/explorer/: schema (introspection), template (an operation to begin with), run (one operation: confirming it
//     if it must be; status, time and body of its answer)
//   - src/import/, of notes from files: import_section (files chosen, progress, undo, the last import),
//     preview (of the notes to import, what they lose, the files that are skipped),
//     source_file (files read on the device, zip files, encodings; too large, unsafe names, a refusal of each),
//     zip_name (names in zip files: UTF-8 or code page 437), json_value (fields of JSON from other programs),
//     formats (which file is of which format; what an export says twice), aside_export (ours: notes.json, Markdown),
//     front_matter (its values, JSON or plain YAML; lists), google_keep (its folder: attachments, labels, the archive), simplenote,
//     imported_note (within a note's limits; why one is skipped),
//     import_run (batches that are sent, stopped, continued, undone; refused notes),
//     last_import (the ids of the last import's notes, kept to undo it after the page is loaded again)
//   - src/graphql/: document (with its types), request (sending one, confirming if it must be: its first error, RefusedError),
//     query (useQuery: the result, reload)
//   - src/http/: post (sendJSON to our endpoints, timeouts; RefusedError, UnreachableError, their messages)
//   - src/encryption/, of end-to-end encryption: content_key_store (the content key in IndexedDB, by owner: keeping, reading, removing it),
//     unlock (unlock, openContentKey: with the passkey of a ceremony that was done anyway; its KEK, a new wrap by it; an
//     account's user handle),
//     fresh_key (useFreshPasskey, openFreshKey: a ceremony for the content key itself, before add_passkey and new codes),
//     frame_key (ContentKeyRequest, with the handle of the account: at the end of a sign-in, a tenant's key for its frame),
//     recovery (a typed code: what the server gets of it, locator and verifier; opening the content key; finishing a recovery),
//     recovery_codes (makeRecoveryCodes: new ones made in the browser, sent), add_passkey (another passkey on /account),
//     wrapped_passkey (finishWrapped: a passkey that was just made opens the notes, too),
//     account_notes (openNotesInBrowser: replaces account/note_requests; the notes of /account opened and sealed),
//     conversion_server (the API that turning it on and off uses, over GraphQL: implements ActivationServer, ConversionServer),
//     export (exportAccount: its JSON and Markdown, paths), zip (its file, CRC-32),
//     documents (GraphQL: SET_SEALING, CONVERT, …), text (t and its texts, loaded)
//   - src/passkey/: ceremony (all kinds: begun, prompted, finished; supportsPasskeys, cookies),
//     json (WebAuthn's JSON forms: options parsed, a credential by toJSON without the outputs of extensions),
//     distinct_names (a name for each passkey that tells it apart, also where several have one name),
//     json_by_hand (… where the browser has none: transports, descriptors),
//     ceremony_result (types: Account, CeremonyResult with the wrap to send, Kind; the wrapped content key in an answer: AccountKey,
//     PasskeyKey),
//     used_account (whether an account was used in this browser, by a cookie of the server, to ask before a second one is created),
//     autofill (passkeys in the browser's list under the field for a recovery code),
//     signal (to password managers: accepted and unknown passkeys),
//     errors (a message for each DOMException and refusal, what comes next)
//   - src/session/: sign_in (its state: pending, done, completed; checking who is signed in, another person), sign_in_page,
//     sign_out (the name of who is signed in, beside the button),
//     confirm (a fresh passkey before an action, or a sign-in: UNAUTHENTICATED), finished_ceremony (it also unlocks notes),
//     notice (reloadSignedOut, after signing out or deleting; the notice that is stored, and shown then),
//     content_key (removing it without a session; the cookie that says that it is kept), documents (GraphQL: the current session, revoking one),
//     unsupported (browsers without passkeys; the page's address to copy)
//   - src/page/: start (of every page: the root, hidden while nobody is signed in; checkViewer at the start),
//     page (around each: navigation, header; while loading), heading (title, and the focus on it),
//     extras (loadExtras: those of src/extras),
//     lazy (Lazy: a component that is loaded later, by the function of its caller; an error with a retry),
//     navigation (the path within the page: usePath, links, back), escape (%-escapes in a path),
//     observable (a shared value, useObservable; useOnline), text (what hosted pages share; elements in a text),
//     translation (a browser's page translator)
//   - src/component/: action (useAction: busy, error, the invalid field), button (no click while busy),
//     copy (CopyButton for the clipboard; Code, a value or a Secret to copy), dialog (and confirmation),
//     download (saving a file; CSV, no formulas), field (and choice, checkbox; focus on an error),
//     rows (a list, a row with title, facts and actions; a table), section (a heading, about, actions),
//     state (loading, empty, a failed load with a retry; an error message; role=status), time (relative, exact),
//     toast (with Undo)
//   - src/text/: catalog (reading the texts from the document; plurals, dates, waits), shared (passkeys and errors)
//   - src/style/: base (elements), components, page (its frame), tokens (colors, sizes)
//   - src/testing/, for tests: page (what modules use while they load)
package web
