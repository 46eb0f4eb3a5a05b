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
//   - pages: main (flags, reading and writing files), chapter (which pages there are, their order),
//     page (Markdown to HTML: tables, code), link (addresses of pages and files, missing ones),
//     section (what the search finds), schema (docs/graphql.md)
package main
