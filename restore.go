package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/backup"
)

type restoreCommand struct {
	databaseConfig
	File string `arg:"" help:"A file that aside backup wrote."`
}

// Run restores a backup, and prints what was in it as JSON. The file and the key are looked at
// before the database is.
func (c *restoreCommand) Run(env *environment) error {
	keys, err := c.ownKeyring(env)
	if err != nil {
		return err
	}
	return withBackup(c.File, func(r *backup.Reader) (err error) {
		if err := db.CheckBackup(env.ctx, keys, r); err != nil {
			return err
		}
		var s store
		if err := s.reach(env, &c.databaseConfig, ofRunning); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		if err := db.Restore(env.ctx, s.url, keys, r); err != nil {
			return err
		}
		return json.NewEncoder(env.stdout).Encode(reportOf(c.File, &r.Manifest))
	})
}

// withBackup opens a backup and does what it is told. Errors say which file it is.
func withBackup(name string, do func(*backup.Reader) error) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if !fi.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", name)
	}
	r, err := backup.NewReader(f, fi.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return do(r)
}
