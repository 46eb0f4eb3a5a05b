// Package web draws the pages that a person sees on A's account origin and sets that origin's security headers.
//
// It shows what package auth has found and sends back what the person decides. It authenticates nobody, reads no database
// and holds no rule about who may do what: a line that decides such a thing belongs to auth.
//
// A page is a template (template/), a script and a sheet of the same name (src/); directories below src hold what pages
// share. The scripts are plain TypeScript, bundled to dist by widget/build. No page has an inline script or style.
package web
