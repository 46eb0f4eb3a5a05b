// Package command has what operators run: serve, migrate, backup, restore, verify, keys, tenant, user, notes and version.
//
// A command is a struct of flags for kong with a method Run, which gets an *environment and, if it asks for one, the
// open *db.DB (database.go). It prints its result as JSON. The tree of commands is in main.go.
//
// # Which file
//
//   - a node: serve, version
//   - the database: migrate, backup, restore, verify (opens all that is sealed),
//     keys (aside keys rotate)
//   - aside tenant: tenant (create, show, list, rename, suspend, resume, brand, origin, audit, policy),
//     tenant_key (key add, list, revoke: assertion keys),
//     tenant_server_key (key server make, list, revoke),
//     tenant_members (members list, invite, remove),
//     tenant_usage (usage by month or day)
//   - people: user (show, recover, delete), notes (recount)
//   - shared: command (Run, environment, printing the result),
//     database (finding, starting and opening it; its flags),
//     master_key (reading and making the master key),
//     link (which origin a printed link leads to)
//
// It must not hold a rule about tenants, accounts or notes: package db does, for every caller.
package command
