// Package db stores everything that Aside knows, in PostgreSQL: the nouns of the product,
// one file each, with their rules and their SQL.
//
// # Which file
//
// A noun's type, rules and statements are in the file of its name:
//
//   - people: user (SignUp, NewUser, RenameUser, ViewerID; the locks on a user, on two),
//     account (Account, FindAccounts for operators; deleting one, all tables that refer to a person, its tenants' last owner),
//     passkey (Passkey: adding, renaming, deleting one, the last one; OnlyOnePasskey; its sign count),
//     key_wrap (KeyWrap: the content key, wrapped for a passkey or a recovery code; storing, listing, opening the row of one,
//     deleting),
//     account_sealing (AccountSealing: SERVER, ENCRYPTING, END_TO_END, DECRYPTING; SetSealing, a new generation of the content
//     key; which texts a state takes),
//     passkey_user (PasskeyUser: a person with all passkeys, for a ceremony, found by id or by the user handle of WebAuthn,
//     which carries the id, sealed),
//     ceremony (WebAuthn's state between two requests, of a kind, sealed for one browser; spending it),
//     confirmation (a passkey used in the last 5 minutes: Confirm, RequireConfirmation, ErrUnconfirmed),
//     recovery (Recovery: the account of a code or a link, found and limited by locator and address; Recover, using it up;
//     the links that an operator makes: rl_…, for a day),
//     recovery_code (ten codes in base 32: making, parsing what was typed, counting, deleting; those that a browser made:
//     locator and verifier),
//     lookup (what is unique across people, and who holds it: rows of subjects, credentials, locators; is a holder vouched?),
//     archive (the export of an account: a ZIP of JSON and Markdown files, their safe names)
//   - sessions: session (Session, NewSession, LookUpSession; its last use; ErrNoSession; the SQL of a live one, the lock on
//     one; inserting an account session; newID), session_cache (widget sessions in memory),
//     token (Token: the text of one, which names its user; made, parsed, named by an older release; TokenHash),
//     sign_in (SignIn's statement; the chain it continues, the session it replaces, both persons locked),
//     session_end (RevokeSession, revoking sessions and chains, sign-out; at most 100, the oldest ends),
//     owner (of notes: Owner, CursorScope; presentation, the setting that presents a session to the database),
//     proof (Proof, ErrProofUsed: spending DPoP proofs; MaxClockSkew)
//   - notes: note (Note; create with an id that may be taken, trash, restore;
//     noteColumns, storeNote, changeNote; no space), note_deletion (DeleteNote: removal, its statements; the ids of deleted ones, few rows kept),
//     note_counter (how many notes and bytes an owner has: addToCounter; lockCounters and lockWriters, which block changes and
//     new notes; a deleted person's notes, and those that a merge moved; division by zero; Recount, counting again), note_import (ImportNotes: at most 20 at a time, from an account session),
//     conversion (ConvertNotes: at most 100 notes sealed by a device, or in the clear again, all or none),
//     note_context (NoteContext: the page of a note, its limits and URL; sealed, and found by a hash under the person's key),
//     note_row (a stored note: scanning a row without allocations, pgx's UUIDs; sealing and opening its text, NoteSealer),
//     note_change (UpdateNote, a NoteChange: storing a changed text or pinned if the version is still the same; keeping the
//     replaced text as an earlier version: never, if due, always; deleting old versions for its space),
//     note_version (NoteVersion: History, RestoreVersion; the SQL of versions; which are kept: at most MaxVersions, further apart
//     the older they are; moving them when a vouched account is merged),
//     note_page (a list: NotesQuery, its SQL, orders, positions; MaxPage, MaxPageText; with a search: its work, in chunks),
//     search_text (does a text match? letter by letter, with bits; which letters are equal, the folding: case, marks, quotes,
//     NFKD, Hangul), limits (Limits of one note and one owner; tags trimmed, valid UTF-8),
//     feed (live changes: a person's Watch, announce; NOTIFY and the connection for package feed)
//   - tenants: tenant (Tenant, its key t_…, creating, all of them, UpdateTenant, what is recorded of a change, the lock on one),
//     branding (name and accent), policy (assertions NONE, OPTIONAL, REQUIRED; nonce, vouched accounts),
//     suspension (Suspend, Resume: ending sessions),
//     tenant_deletion (DeleteTenant: its name confirmed, its rows; sweeping the vouched accounts that are left),
//     member (Role, Members, Memberships, MemberID m_…, the only owner; secrets that a former member knows; changing a role,
//     transferring the tenant), invitation (Invite, its token in_…, its id i_…, open or gone, accepted, withdrawn),
//     seat (Seat: who may change a tenant, as an Operator, a member or a ServerKey, checked under its lock: ErrNoMember,
//     ErrNoRole; RequireMembership, RequireServerKey), origin (ParseOrigin: what a person typed, IDNA, lookalikes, scripts),
//     account_origin (ours, stored; a new RP ID),
//     embed_origin (adding, removing, the lock on one that a sign-in needs; ending the sessions at one; is an origin listed?
//     wildcards, https://*.preview.example: parseEmbedOrigin, which one an origin matches, its host, public suffixes),
//     sighting (LastSeen: when the widget was last shown, signed in or refused at each origin: in memory, flushed, read),
//     webhook (Webhook: adding, listing, removing; its URL, sealed; its secret: derived, replaced, both signing for a day),
//     webhook_event (WebhookEvents; queueing one in the transaction of what happened, its payload; identity.unlinked of a deleted
//     account; usage.month_closed, with the month's usage),
//     webhook_delivery (Delivery: leasing those that are due, their result, when they are retried; listing them, Redeliver),
//     usage (active users, operations and notes by day and month: counted in memory, flushed, read)
//   - a tenant's visitors: subject (Subject: its length, its sealed fields; its hash, another one at each tenant; reading one
//     with its evidence),
//     identity (Identity: linking, unlinking, listing, the account of a subject; ErrLinkedElsewhere; the advisory lock on a
//     subject; claiming one that is vouched), identity_handle (what a token exchange gives for a subject, for ten minutes),
//     assertion_key (AssertionKey: secret, JWK or URL, kid; added, used, revoked), encryption_key (our own, for assertions),
//     server_key (ServerKey sk_…, its name, numbered if taken; those not revoked), ticket (IssueTicket, RedeemTicket: tk_…),
//     vouched_account (making one, its session, merging its notes into an account: ErrPasskeyRequired),
//     consent (a person has allowed a tenant: Consents, WithdrawConsent),
//     erasure (EraseSubject: unlinking, deleting a vouched account, pending tickets and handles; who holds the subject, its
//     pseudonym s_…), evidence (Evidence: why an assertion is accepted, and still is: ErrNotAccepted; ending vouched sessions),
//     authorization_request (pushed, opened in one browser, granted with consent and link, denied; its subject and response mode),
//     authorization_code (redeeming one, with the caller's check; the session and passkey that granted it; the widget's
//     session; a code used again)
//   - limits and the log: audit (Event, its detail, actor, pseudonyms, the network of an address (/24, /48); what is recorded
//     of tenants and people; Events, SecurityEvents), refusal (recording what was refused, and how often: assertions, passkeys,
//     links, rates, rows that do not open: auditUnsealed),
//     rate (every Rate: tries in a time, by address and by its /48 with NetworkShare, keys that hide who; Allow, CheckRate,
//     RateLimited and its wait in words), semaphore (callers at a time),
//     sweep (deleting what has expired, in batches; what limits each table)
//   - encryption: keys (master keys in use, lockMasterKey, ErrMasterKey; the root secret; dataKey, and visitorKey of a tenant's
//     visitors), rotation (Rotate: resealing under the new master key, row by row; retiring keys),
//     verify (opening all that is sealed, in the database or a backup; rows refused),
//     sealed_column (the table of all of them, what each is bound to),
//     name (how names are checked, stored in sealed fields and hashed),
//     plaintext (of older releases: the states clear, sealing, sealed; sealing what they left, webhooks' URLs, too)
//   - connections: db (Options, Open: derived keys, prepared statements; Ping, Close),
//     connection (parsing the URL; settings that each connection gets by SET, timeouts; session_replication_role and the ALTER
//     ROLE that resets it),
//     batch (pgx.Batch and BatchResults: readAsPerson, writeAsPerson, batchAsAuthority, execAsAuthority; BEGIN to COMMIT in one
//     round trip, ROLLBACK; which statements are prepared),
//     transaction (bun's: asAuthority, asMerger, the role by set_config; of its arguments and results: nulls, no rows,
//     RowsAffected), pool (acquiring a connection; ErrBusy; bun's pool, Ready),
//     dialer (dialing hosts, those that hang, watched connections and their deadlines, no cancel requests),
//     timeline (replaced primaries, asking each host, WAL; a standby),
//     outage (ErrOutage, Outage: isTemporary, isConnectionFailure, by the SQLSTATE or its class and by network errors; retry
//     with jitter, and what is repeatable; handleError: a line of log a second with the cause, the pool reset),
//     errors (Error, its codes, IsCode, Message, invalid; isSQLState, and the SQLSTATEs of refusals: unique, foreign
//     key, privilege; place)
//   - the database itself: migrate (applying, under an advisory lock; what is applied, what is left),
//     upgrade (nodes of two releases, application names, contract migrations),
//     setup (prepare: two connections that check the server, version, encoding, kind of cluster; who owns the tables,
//     connecting as the owner; setupError),
//     serving_role (making the roles aside_…, their attributes, memberships, grants, privileges on the schema, what a superuser
//     must run),
//     row_security (policies of a former owner, lost ones),
//     pooler (pgbouncer: is it transaction pooling? two connections compared),
//     cluster (Citus: distributing the tables, moved one by one; where each is kept: peopleTables, by the user; lookups,
//     references, the coordinator's),
//     partition (notes in partitions of a single PostgreSQL, indexes of them),
//     backup (one snapshot, COPY, hidden rows, columns),
//     restore (the marker; the same tables; triggers and foreign keys off and on, indexes rebuilt)
//   - dbtest/, for tests: dbtest (a database for each test), cluster (a second server),
//     distributed (databases on a Citus cluster; Blocked), partitioned (databases with partitions), person (people, tenants,
//     sessions),
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
//   - as a person (batch.go): readAsPerson and writeAsPerson send a batch after a statement that presents
//     the Owner's session. Only notes are read and written in this way.
//   - as the authority: asAuthority (transaction.go) runs a transaction as aside_auth; batchAsAuthority and
//     execAsAuthority do the same in one round trip, for acts as frequent as a sign-in. asMerger is asAuthority
//     as aside_merge.
//
// A batch is one transaction in one round trip: BEGIN, SET LOCAL, the statements, COMMIT (batch.go).
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
// handle and the token of a session carry the user's id. What is unique across people (credentials, subjects, recovery
// codes) is found and kept unique by a lookup table (lookup.go).
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
