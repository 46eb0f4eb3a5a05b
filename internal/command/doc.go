// Package command has what operators run: serve, migrate, cluster, backup, restore, verify, keys, tenant, user, notes and version.
//
// A command is a struct of flags for kong with a method Run, which gets an *environment and, if it asks for one, the
// open *db.DB (database.go). It prints its result as JSON. The tree of commands is in main.go.
//
// # Which file
//
//   - a node: serve, version
//   - the database: migrate, cluster (distributing it), backup (aside backup, writing the file; aside restore, reading it
//     into a database; aside verify, opening all that is sealed, in either; the report of each)
//   - aside tenant: tenant (create, show, list, rename, suspend, resume, brand, origin, audit, policy),
//     tenant_key (key add, list, revoke: assertion keys; key server make, list, revoke: server keys; one of either printed),
//     tenant_webhook (webhook add, list, rotate, remove; deliveries, again),
//     tenant_members (members list, invite, remove),
//     tenant_usage (usage by month or day, CSV)
//   - people: user (show, recover with its link, delete), notes (recount)
//   - shared: command (Run, exit status, environment, printing the result as JSON),
//     database (flags of the database; finding, starting, migrating, opening and closing it),
//     master_key (reading and making the master key, its file; aside keys rotate),
//     link (which origin a printed link leads to: --origin; a warning if it is another one than the stored)
//
// It must not hold a rule about tenants, accounts or notes: package db does, for every caller.
package command
