package command

import (
	"context"
	"errors"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/postgres"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/internal/secret"
	"github.com/company-a/aside/internal/server"
)

// databaseFlags are the flags of every command that uses the database.
type databaseFlags struct {
	DatabaseURL   secret.Text `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"URL of the database's owner, in PostgreSQL 15 or later. Default: an embedded PostgreSQL in the data directory."`
	DataDir       string      `name:"data-dir" env:"ASIDE_DATA_DIR" default:"${data_dir}" placeholder:"DIR" help:"Directory of the embedded PostgreSQL and of generated keys. Default: .aside, or /var/lib/aside for root."`
	PostgresBin   string      `name:"postgres-bin" env:"ASIDE_POSTGRES_BIN" placeholder:"DIR" help:"Directory of the programs initdb and postgres, for the embedded PostgreSQL. Default: those on PATH, or the newest installed ones of the version that created the data directory."`
	MasterKey     secret.Text `name:"master-key" env:"ASIDE_MASTER_KEY" placeholder:"BASE64" help:"32 bytes in base64. It encrypts notes and secrets and signs cookies. Of several, separated by commas, the first encrypts and all decrypt. Default: generated with the embedded database."`
	MasterKeyFile string      `name:"master-key-file" env:"ASIDE_MASTER_KEY_FILE" placeholder:"FILE" help:"File that holds the master key."`
}

// Validate refuses flags that contradict each other. Kong calls it when all flags are read.
func (f *databaseFlags) Validate() error {
	if !f.MasterKey.Empty() && f.MasterKeyFile != "" {
		return errors.New("give --master-key or --master-key-file, not both")
	}
	return nil
}

// ProvideDB opens the database for a command's Run method, which kong calls with it.
func (f *databaseFlags) ProvideDB(e *environment) (*db.DB, error) {
	opened, err := open(e, f, db.Options{}, shareServer)
	if err != nil {
		return nil, err
	}
	e.opened = opened
	return opened.db, nil
}

// A database is an open database and, if Aside runs it itself, its PostgreSQL.
type database struct {
	url      string // the owner's
	db       *db.DB
	keys     *seal.Keyring
	embedded *postgres.Server // nil if the operator runs PostgreSQL, or another process of ours does
}

// A serverUse says what to do if another process of ours runs the embedded PostgreSQL already.
type serverUse bool

const (
	ownServer   serverUse = false
	shareServer serverUse = true // use the other process's
)

// open starts the embedded PostgreSQL if there is no database URL, migrates the database and connects to it.
func open(e *environment, f *databaseFlags, o db.Options, s serverUse) (_ *database, err error) {
	keys, err := f.keyring(e)
	generate := errors.Is(err, errNoKey)
	if err != nil && !generate {
		return nil, err
	}
	d, err := findServer(e, f, s)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if d.keys = keys; generate {
		if d.keys, err = f.generateKeyring(e, d.url); err != nil {
			return nil, err
		}
	}
	applied, err := db.Migrate(e.ctx, d.url)
	if err != nil {
		return nil, err
	}
	if len(applied) > 0 {
		e.log.Info("database migrated", "migrations", applied)
	}
	o.Log = e.log
	d.db, err = db.Open(e.ctx, d.url, d.keys, o)
	return d, err
}

// findServer returns the database without migrating it or connecting to it. It starts the embedded PostgreSQL if there is no
// database URL.
func findServer(e *environment, f *databaseFlags, s serverUse) (*database, error) {
	if !f.DatabaseURL.Empty() {
		return &database{url: f.DatabaseURL.Reveal()}, nil
	}
	embedded, err := postgres.Start(e.ctx, postgres.Config{DataDir: f.DataDir, Bin: f.PostgresBin, Log: e.log})
	var running *postgres.RunningError
	if s == shareServer && errors.As(err, &running) && running.URL() != "" {
		return &database{url: running.URL()}, nil
	}
	if err != nil {
		return nil, err
	}
	return &database{url: embedded.URL(), embedded: embedded}, nil
}

// done returns a channel that is closed when an embedded PostgreSQL has stopped for good.
func (d *database) done() <-chan struct{} {
	if d.embedded == nil {
		return nil
	}
	return d.embedded.Done()
}

func (d *database) close() error {
	if d.db != nil {
		d.db.Close()
	}
	if d.embedded == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), server.ShutdownGrace)
	defer cancel()
	return d.embedded.Stop(ctx)
}
