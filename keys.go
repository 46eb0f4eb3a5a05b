package main

import (
	"encoding/json"

	"github.com/company-a/aside/db"
)

type keysCommand struct {
	Rotate keysRotateCommand `cmd:"" help:"Seal everything under the first master key that is sealed under another one, while nodes serve; then take the others out of use."`
}

type keysRotateCommand struct{ databaseConfig }

// Run reseals, and prints what it did as JSON. It may be stopped and begun again.
func (c *keysRotateCommand) Run(env *environment) (err error) {
	store, err := openBeside(env, &c.databaseConfig)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := store.close(); err == nil {
			err = closeErr
		}
	}()
	done, err := store.db.Rotate(env.ctx, func(r db.Rotation) {
		env.log.Info("rotating", "resealed", r.Resealed, "checked", r.Checked, "refused", r.Refused)
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(env.stdout).Encode(done)
}
