// Package db stores everything that Aside knows, in PostgreSQL: the nouns of the product,
// one file each, with their rules and their SQL.
//
// # Three roles
//
// Open and Migrate take the owner's URL. The owner migrates and serves nothing. A serving connection becomes
// one of two other roles:
//
//   - aside_app, on connect. It acts for one person at a time and reads rows only
//     through that person's live session (row-level security, see the migrations).
//     It cannot read the sessions table.
//   - aside_auth, inside transactions that decide who a person is (signing in, granting,
//     revoking). It has no privilege on notes at all.
//
// # Two verbs
//
// A statement reaches the database in one of two ways, one for each role:
//
//   - as a person (person.go): readAsPerson and writeAsPerson send a batch after a statement that presents
//     the Owner's token. Only notes are read and written in this way.
//   - as the authority (authority.go): asAuthority runs a transaction as aside_auth; batchAsAuthority and
//     execAsAuthority do the same in one round trip, for acts as frequent as a sign-in.
//
// Hot statements are sent in one round trip: pgx prepares them on each connection, and their placeholders are
// $1, $2. In a transaction of asAuthority everything goes through bun: its placeholders are ?, it scans rows
// into structs and slices, and it may write arguments into the text, so none of its statements is prepared.
// Neither style is used for the other kind. Code that sets up a connection or a database (migrations, roles,
// backup, restore) uses pgx on its own connection.
//
// # Two checks
//
// A note statement names its owner in its WHERE clause, and the database derives the same owner independently
// from the presented token (row-level security). Either check alone is enough. Only a session that was looked
// up has an Owner, so a note query without one does not compile.
//
// # Seats
//
// A change of a tenant takes a Seat: a member with a role, the tenant's backend or the operator. Each change
// checks the Seat again after it locks the tenant (seat.go).
//
// # Sealed
//
// The title, body and tags of a note, and who people are, are encrypted before they are passed to a statement
// (package seal).
//
// # Errors
//
// A refusal is an *Error: a code and a message that anybody may see. Any other error is a fault. It names the
// exported functions that returned it (package fault).
//
// The package must not know HTTP, GraphQL or OAuth. Of our packages it imports only those below it (seal,
// feed, backupfile), fault and secret.
package db
