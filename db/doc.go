// Package db stores everything that Aside knows, in PostgreSQL: the nouns of the product,
// one file each, with their rules and their SQL.
//
// # Which file
//
// A noun's type, rules and statements are in the file of its name:
//
//   - people: account (sign-up, names, operators' view, deletion),
//     passkey, ceremony (WebAuthn's stored state), user_handle (of WebAuthn, which carries its user),
//     confirmation (a recent passkey),
//     recovery (codes and links),
//     lookup (what is unique across people),
//     archive (the export: a ZIP of notes and what is known)
//   - sessions: session (looking one up), session_cache,
//     token (the text of one, which names its user),
//     sign_in (an account session, and the chain it continues),
//     session_end (revocation, sign-out, the limit),
//     owner (of notes),
//     proof (using up DPoP proofs, clocks)
//   - notes: note (create, change, trash), note_deletion (deleting one, the ids of deleted ones),
//     note_counter (how many an owner has), note_recount (counting again), note_row (scanning), note_sealer,
//     note_page (a list, its orders), note_search (a list with a search),
//     search_text (does a text match?), search_folding (which letters are equal),
//     limits (of one note and one owner),
//     feed (live changes: a person's Watch; NOTIFY and the connection for package feed)
//   - tenants: tenant (creating, changing, what is recorded of it, the lock on one), branding, policy, suspension,
//     member (roles, secrets that a former member knows), invitation,
//     seat (who may change a tenant),
//     origin (parsing, lookalikes), account_origin (ours),
//     embed_origin (adding, removing, the lock on one that a sign-in needs),
//     usage (counters, periods)
//   - a tenant's visitors: subject (checks, hashes, the lock on one),
//     identity (links, handles), assertion_key, server_key, ticket, vouched_account, consent,
//     evidence (why an assertion is accepted),
//     authorization_request (pushed, opened, granted, denied),
//     authorization_code (redeeming one: its checks, the widget's session)
//   - limits and the log: audit, rate (every Rate: tries in a time), semaphore (callers at a time),
//     sweep (deleting what has expired; what limits each table)
//   - encryption: keys (master keys, root secret, data keys), rotation (of the master key, row by row; retiring keys),
//     verify,
//     sealed_column (all of them),
//     name (how names are checked and stored),
//     plaintext (of older releases)
//   - connections: db (Open, Close, Options), connection (settings of one), as_person, as_authority,
//     pool (getting a connection, sending a batch, bun's pool, readiness),
//     dialer (hosts that fail), timeline (replaced primaries), outage (temporary errors, retries),
//     sql_result (no rows, nulls), errors (codes, refusals)
//   - the database itself: migrate, upgrade (nodes of two releases, application names),
//     setup (checks before; the role that owns),
//     serving_role (making the roles, their rights), row_security (policies), pooler (pgbouncer),
//     backup, restore
//   - dbtest/, for tests: dbtest (a database for each test), cluster (a second server), person (people, tenants, sessions),
//     pooler (pgbouncer), proxy (a server that fails or hangs), soak (how often a test repeats)
//
// # Five roles
//
// Open and Migrate take the owner's URL. The owner migrates and serves nothing. A serving connection becomes
// another role, which a transaction has from its start to its end:
//
//   - aside_app, on connect, for widget sessions. It reads and writes the notes of one person at one tenant,
//     through that person's live session (row-level security, see the migrations).
//   - aside_person, for account sessions. It reads and changes all notes of one person.
//   - aside_auth, for deciding who a person is (looking a session up, signing in, granting,
//     revoking). It has no privilege on notes at all.
//   - aside_merge, for linking a subject to an account. It has the rights of aside_auth, and moves the notes of
//     the vouched account that is merged.
//
// Only aside_auth and aside_merge can read the sessions table. The policies of notes have no subquery and no OR,
// so that PostgreSQL calls their functions once for a statement and not for each row.
//
// # Two verbs
//
// A statement reaches the database in one of two ways:
//
//   - as a person (as_person.go): readAsPerson and writeAsPerson send a batch after a statement that presents
//     the Owner's session. Only notes are read and written in this way.
//   - as the authority (as_authority.go): asAuthority runs a transaction as aside_auth; batchAsAuthority and
//     execAsAuthority do the same in one round trip, for acts as frequent as a sign-in. asMerger is asAuthority
//     as aside_merge.
//
// A batch is one transaction in one round trip: BEGIN, SET LOCAL, the statements, COMMIT (pool.go).
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
// from the presented session (row-level security). Either check alone is enough. Only a session that was looked
// up has an Owner, so a note query without one does not compile.
//
// # Keys and lookups
//
// The tables of people are keyed by their user, and a statement on a person's rows names the user. A WebAuthn user
// handle and the token of a session carry the user's id. What is unique across people (credentials, subjects, recovery codes) is found and
// kept unique by a lookup table (lookup.go).
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
