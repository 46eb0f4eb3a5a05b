// Command aside serves private notes that other companies embed in their sites.
//
// The files of this package: main.go has the commands, config.go what can be configured,
// serve.go builds the service, routes.go lists every address it answers.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are what aside can be told on the command line.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Serve the account origin and the frame origin."`
	Migrate migrateCommand `cmd:"" help:"Bring the database up to date and exit. Serve does so too."`
	Backup  backupCommand  `cmd:"" help:"Write all of the database to a file, while nodes serve. The master key is not in it."`
	Restore restoreCommand `cmd:"" help:"Make an empty database what it was when a backup was written."`
	Verify  verifyCommand  `cmd:"" help:"Open everything that is sealed in the database, or in a backup, and print what does not open."`
	Keys    keysCommand    `cmd:"" help:"Replace the master key."`
	Tenant  tenantCommand  `cmd:"" help:"Make tenants and look them up."`
	User    userCommand    `cmd:"" help:"Help people who lost their passkeys, and delete accounts."`
	Version versionCommand `cmd:"" help:"Print which release this is."`

	PrintVersion kong.VersionFlag `name:"version" help:"Print which release this is."`
}

// environment is what a command has from the outside.
type environment struct {
	ctx    context.Context // ends with SIGINT or SIGTERM
	stdout io.Writer       // answers
	log    *slog.Logger
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run carries out one command line and returns the exit status: 0, 1 when it failed, 2 when
// it could not be understood. Answers go to stdout, JSON logs to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	status := -1
	parser, err := kong.New(&commands{},
		kong.Name("aside"),
		kong.Description("Private notes, embedded in other companies' sites, opened with a passkey."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { status = code }), // --help
		kong.Vars{"data_dir": defaultDataDir(), "version": thisBuild().String()},
	)
	if err != nil {
		panic(err) // the struct above is wrong
	}
	command, err := parser.Parse(args)
	if status >= 0 {
		return status
	}
	if err != nil {
		fmt.Fprintf(stderr, "aside: %v\n", err)
		return 2
	}
	env := &environment{ctx: ctx, stdout: stdout, log: newLog(stderr)}
	if err := command.Run(env); err != nil {
		fmt.Fprintf(stderr, "aside: %s\n", message(err))
		return 1
	}
	return 0
}
