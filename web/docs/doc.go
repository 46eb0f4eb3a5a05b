// Command docs renders the documentation that the account origin serves at /docs. Run it from the root of the repository:
//
//	go run ./web/docs
//
// It writes docs/graphql.md from the GraphQL schema, then each page of docs, and each file that a page links to, as HTML to
// web/docs/dist. Its output is committed, so that the binary needs no Markdown, and is the same on every run; a test fails where it
// isn't what is committed. A link to a missing file or heading is an error.
//
// # Which file
//
//   - pages: main (build: dist is removed and written again), chapter (which pages there are, their order, the front page), page
//     (Markdown to HTML with goldmark: tables, titles; a page of code; what a link leads to, missing pages and anchors; what the
//     search finds: a heading's plain text; all of its problems as one error), schema (docs/graphql.md:
//     operations, types, who may use a field)
package main
