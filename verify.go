package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/backup"
	"github.com/company-a/aside/db/seal"
)

type verifyCommand struct {
	databaseConfig
	File string `arg:"" optional:"" help:"A file that aside backup wrote; without one, the database is looked at."`
}

// Run opens everything that is sealed and prints as JSON what does not open: ids, nothing that was
// written. It fails where there is some.
func (c *verifyCommand) Run(env *environment) error {
	keys, err := c.ownKeyring(env)
	if err != nil {
		return err
	}
	v, err := c.verify(env, keys)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(env.stdout).Encode(v); err != nil {
		return err
	}
	if v.Refused > 0 {
		return fmt.Errorf("%d sealed values do not open with the master keys that are given", v.Refused)
	}
	return nil
}

func (c *verifyCommand) verify(env *environment, keys *seal.Keyring) (v *db.Verification, err error) {
	if c.File != "" {
		err := withBackup(c.File, func(r *backup.Reader) (err error) {
			v, err = db.VerifyBackup(env.ctx, keys, r)
			return err
		})
		return v, err
	}
	var s store
	if err := s.reach(env, &c.databaseConfig, ofRunning); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return db.VerifyDatabase(env.ctx, s.url, keys)
}
