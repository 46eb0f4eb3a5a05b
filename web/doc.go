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
//	src/popup.ts, src/popup          the popup: the handshake with its opener, what the person decides, its buttons
//	src/account.tsx, src/account     /account: notes, passkeys, sessions, recovery codes, linked sites, export and deletion
//	src/console.tsx, src/console     /console: install, origins, keys, policy, branding, usage, audit log, members
//	src/recover.tsx, src/recover     /recover
//	src/*/documents.ts               GraphQL documents with their types; src/graphql sends them and holds their results
//	src/http                         JSON requests to our own endpoints, and how they fail
//	src/passkey                      passkey ceremonies, signals to password managers, and the message for each error
//	src/session                      signing in and out, and the fresh passkey that some actions need
//	src/page                         the frame of every page: start, navigation, heading, focus, page translators
//	src/component                    buttons, fields, lists, tables, dialogs, toasts, errors, loading and empty states
//	src/style                        style sheets
package web
