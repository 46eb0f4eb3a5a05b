package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/e2e/bench/hand"
)

// settings are the command line.
type settings struct {
	aside      string
	earlier    string // another release; "" for none
	out        string
	data       string
	peer       string
	notes      int
	slice      time.Duration
	pairs      int
	profile    int // seconds of each
	full       int // notes of an owner who has as many as one may have
	only       *regexp.Regexp
	connection int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if len(os.Args) > 1 && os.Args[1] == "hand" {
		exit(runHand(ctx, os.Args[2:], os.Stdout))
	}
	exit(run(ctx, os.Args[1:], os.Stdout))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, args []string, w io.Writer) error {
	s := settings{profile: 4, full: db.DefaultLimits.Notes}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&s.aside, "aside", "bin/aside", "the `binary` to measure")
	flags.StringVar(&s.earlier, "earlier", "", "the `binary` of an earlier release, for comparing sign-ins")
	flags.StringVar(&s.out, "out", "scratch/bench", "`directory` of the table, the profiles and the logs")
	flags.StringVar(&s.data, "data", "", "`directory` of the cluster, to be kept and used again; default: a temporary one")
	flags.StringVar(&s.peer, "postgraphile", "e2e/bench/postgraphile", "`directory` of the peer")
	flags.IntVar(&s.notes, "notes", 1_000_000, "how many notes to seed")
	flags.DurationVar(&s.slice, "slice", 1500*time.Millisecond, "how long a slice takes")
	flags.IntVar(&s.pairs, "pairs", 9, "how many pairs of slices make a ratio")
	flags.IntVar(&s.connection, "connections", 8, "how many connections ask at a time")
	short := flags.Bool("short", false, "120,000 notes and short slices, for development: about two minutes")
	only := flags.String("only", "", "`expression` that the names of the sections to be measured match")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if *short {
		s.notes, s.slice, s.pairs = 120_000, 700*time.Millisecond, 3
	}
	if s.notes < 120_000 || s.pairs < 1 || s.slice < 100*time.Millisecond || s.connection < 1 || s.connection > 100 {
		return errors.New("at least 120,000 notes, so that a thousand people can be signed in, one pair of slices of 100 ms, and 1 to 100 connections")
	}
	var err error
	if s.only, err = regexp.Compile(*only); err != nil {
		return err
	}
	for _, path := range []*string{&s.aside, &s.earlier, &s.out, &s.peer} {
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(s.out, 0o755); err != nil { //nolint:gosec // nothing secret: a table and profiles
		return err
	}
	return measure(ctx, s, w)
}

// masterKey seals what the bench makes up. It is the same in each run, so that a kept
// cluster can be read again.
func masterKey() []byte {
	sum := sha256.Sum256([]byte("aside bench"))
	return sum[:]
}

// runHand is the yardstick's process.
func runHand(ctx context.Context, args []string, w io.Writer) error {
	var c hand.Config
	flags := flag.NewFlagSet("bench hand", flag.ContinueOnError)
	flags.StringVar(&c.DatabaseURL, "database-url", "", "the owner's `URL`")
	flags.StringVar(&c.SuperuserURL, "superuser-url", "", "a superuser's `URL` of the same database")
	flags.StringVar(&c.AccountOrigin, "origin", "", "account `origin` of the service")
	flags.StringVar(&c.FrameOrigin, "frame-origin", "", "frame `origin` of the service")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if c.Keys, err = seal.NewKeyring(masterKey()); err != nil {
		return err
	}
	return hand.Serve(ctx, c, w)
}
