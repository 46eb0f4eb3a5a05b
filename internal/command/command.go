package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/alecthomas/kong"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/server"
	"github.com/company-a/aside/internal/version"
)

// An environment is what a command gets from outside.
type environment struct {
	ctx    context.Context // ends with SIGINT or SIGTERM
	stdout io.Writer       // for results
	log    *slog.Logger
	opened *database // the database that Run closes; nil if the command didn't ask for one
}

// print writes a result as JSON, unless there is an error.
func (e *environment) print(result any, err error) error {
	if err != nil {
		return err
	}
	return json.NewEncoder(e.stdout).Encode(result)
}

// Run runs one command line on a tree of commands and returns the exit status: 0, 1 if the command failed, 2 if it could
// not be parsed. Results go to stdout, JSON logs to stderr.
func Run(ctx context.Context, tree any, args []string, stdout, stderr io.Writer) int {
	status := -1
	parser, err := kong.New(tree,
		kong.Name("aside"),
		kong.Description("Private notes, embedded in other companies' sites, opened with a passkey."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { status = code }), // --help
		kong.Vars{"data_dir": defaultDataDir(), "version": version.Running().String()},
	)
	if err != nil {
		panic(err) // the tree is wrong
	}
	command, err := parser.Parse(args)
	if status >= 0 {
		return status
	}
	if err != nil {
		fmt.Fprintf(stderr, "aside: %v\n", err)
		return 2
	}
	e := &environment{ctx: ctx, stdout: stdout, log: server.NewLog(stderr)}
	err = command.Run(e)
	if e.opened != nil {
		err = errors.Join(err, e.opened.close())
	}
	if err != nil {
		fmt.Fprintf(stderr, "aside: %s\n", db.Message(err))
		return 1
	}
	return 0
}

func defaultDataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/aside"
	}
	return ".aside"
}
