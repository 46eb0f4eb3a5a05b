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
// # Which file
//
//   - served by: handler (every address, /assets included; the configuration and its origin),
//     page (rendering templates, errors as a page and in the log, /),
//     hosted (/account, /recover and /console),
//     popup (GET /oauth/authorize),
//     masked (personal text in a compressed page),
//     headers (security headers, Content-Security-Policy)
//   - template/: popup, hosted (of /account, /recover and /console), index, error, head (<head> and header of each)
//   - src/, a page each: popup (which step comes next), account, recover, console, text.d (types of files imported as text)
//   - src/popup/: handshake (with the opener: its origin, the response),
//     interaction (the request that the server put into the page),
//     decision (what the person decides, sent and answered),
//     screen (which part is shown, its texts),
//     buttons (paused against double clicks),
//     device (offering a passkey on this device),
//     recovery (a code, older passkeys)
//   - src/account/, a page each: overview (/account: figures, the name), notes (lists, search, the trash),
//     editor (one note: its draft, conflict, trash), passkeys, sessions, sites (linked sites),
//     recovery (codes), data (export)
//   - src/account/, their parts: delete_account (its dialog), documents (GraphQL),
//     draft (saving over the account's session),
//     changes (the stream of changes),
//     note (SiteNote, its name), note_page (reading a page of notes), site (its type),
//     lockout_warning, older_passkeys (after a recovery)
//   - src/recover/: account (finding the account, the link's fragment),
//     account_summary (the account found, and who is signed in)
//   - src/console/, a page each: install, origins, assertion_keys, server_keys, policy, branding, usage, audit_log, members,
//     new_tenant, invitation (accepting one)
//   - src/console/, their parts: documents (GraphQL), tenant_page (the properties of every page), config (from the server),
//     install_check (does a page have the widget?), checks (a list of passed and failed checks), snippets (to copy),
//     assertion_tester, samples (code that signs), code (code and secrets to copy),
//     exposed_secrets (after a member left), invitation_link (its fragment),
//     accent (shades of a color), contrast (of two colors), preview (the widget in a frame), chart (bars),
//     csv (saving a file)
//   - src/graphql/: document (with its types), request (sending one), query (useQuery: the result)
//   - src/http/: post (JSON to our endpoints; RefusedError, UnreachableError, their messages)
//   - src/passkey/: ceremony (all kinds), json (WebAuthn's JSON forms), signal (to password managers),
//     errors (a message for each)
//   - src/session/: sign_in (its state), sign_in_page, sign_out, confirm (a fresh passkey before an action),
//     notice (shown after signing out), documents (GraphQL), unsupported (browsers without passkeys)
//   - src/page/: start (of every page), page (its frame: navigation, header, who is signed in),
//     heading (and the focus on it),
//     navigation (the path within the page), escape (%-escapes in a path), observable (a shared value, useObservable),
//     online (useOnline), translation (a browser's page translator)
//   - src/component/: action (useAction: busy, error), button, checkbox, copy, dialog (and confirmation), download,
//     error, field (and choice), rows (a list), section, state (loading, empty, result of a query), table, time, toast
//   - src/style/: base (elements), components, page (its frame), tokens (colors, sizes)
//   - src/testing/, for tests: page (what modules use while they load)
package web
