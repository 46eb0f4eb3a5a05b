// Package web draws the pages that a person sees on A's account origin and sets that origin's security headers.
//
// It shows what package auth has found and sends back what the person decides. It authenticates nobody, reads no database
// and holds no rule about who may do what: a line that decides such a thing belongs to auth.
//
// A page is a template (template/), a script and a sheet of the same name (src/); directories below src hold what pages
// share. The scripts are bundled to dist by widget/build. No page has an inline script or style.
//
// The popup is plain TypeScript: it must be there at once. /account and /console are hosted pages, drawn with Preact around
// the answers of /graphql:
//
//	src/graphql   asking: documents with their types, answers that a component shows
//	src/session   who is signed in: the sign-in page, the fresh passkey that a grave act needs
//	src/passkey   ceremonies, and what went wrong in them
//	src/page      the page around everything: places and their addresses, headings and focus
//	src/part      what pages are put together from: buttons, fields, rows, dialogs, the states of what isn't there
//	src/style     what all of it looks like
package web
