// Package db keeps everything Aside knows, in PostgreSQL: the nouns of the product,
// one file each, with their rules and their SQL.
//
// # Three roles
//
// The URL that Open and Migrate are given is the owner's. The owner migrates and
// serves nothing. A serving connection becomes one of two others:
//
//   - aside_app, on connect. It answers for one person at a time and reads rows only
//     through that person's live session (row-level security, see the migrations).
//     It cannot read the sessions table.
//   - aside_auth, inside transactions that decide who a person is (signing in, granting,
//     revoking). It has no privilege on notes at all.
//
// # Two walls
//
// A note statement names its owner in its WHERE clause, and the database derives the
// same owner by itself from the presented token. Either alone suffices. Owner can only
// be had from a session that was looked up, so a note query without one does not compile.
//
// # Sealed
//
// Title, body and tags are encrypted before they reach a statement (package seal).
//
// The package must not know HTTP, GraphQL or OAuth, and imports only the packages below it.
package db
