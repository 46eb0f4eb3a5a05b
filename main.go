// Command aside serves private notes that other companies embed in their sites.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/company-a/aside/internal/command"
)

// commands are the commands of aside.
type commands struct {
	Serve   command.Serve   `cmd:"" help:"Serve the account origin and the frame origin."`
	Migrate command.Migrate `cmd:"" help:"Bring the database up to date and exit. Serve does this too."`
	Cluster command.Cluster `cmd:"" help:"Distribute the database over the nodes of a Citus cluster, or divide the notes of a single PostgreSQL (docs/scaling.md)."`
	Backup  command.Backup  `cmd:"" help:"Write the whole database, but not the master key, to a file, while nodes serve."`
	Restore command.Restore `cmd:"" help:"Restore a backup into an empty database."`
	Verify  command.Verify  `cmd:"" help:"Decrypt everything in the database or in a backup, and print what cannot be decrypted."`
	Keys    command.Keys    `cmd:"" help:"Replace the master key."`
	Tenant  command.Tenant  `cmd:"" help:"Manage tenants."`
	User    command.User    `cmd:"" help:"Help people who lost their passkeys, and delete accounts."`
	Notes   command.Notes   `cmd:"" help:"Repair the counters of people's notes."`
	Version command.Version `cmd:"" help:"Print which release this is."`

	PrintVersion kong.VersionFlag `name:"version" help:"Print which release this is."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(command.Run(ctx, &commands{}, os.Args[1:], os.Stdout, os.Stderr))
}
