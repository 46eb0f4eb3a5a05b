// Package command has what operators run: serve, migrate, backup, restore, verify, keys, tenant, user and version.
//
// A command is a struct of flags for kong with a method Run, which gets an *environment and, if it asks for one, the
// open *db.DB (database.go). It prints its result as JSON. The tree of commands is in main.go.
//
// The commands below `aside tenant` are in the files tenant*.go, database.go finds, starts and opens the database,
// master_key.go reads and makes the master key, and link.go knows which origin a printed link leads to.
//
// It must not hold a rule about tenants, accounts or notes: package db does, for every caller.
package command
