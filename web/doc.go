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
//	src/graphql   documents with their types, and components for their results
//	src/session   the sign-in page, and the fresh passkey that some actions need
//	src/passkey   passkey ceremonies and their errors
//	src/page      the frame of every page: routes, headings and focus
//	src/part      buttons, fields, rows, dialogs, and states such as loading and empty
//	src/style     style sheets
package web
