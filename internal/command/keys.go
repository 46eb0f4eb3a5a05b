package command

import "github.com/company-a/aside/db"

// Keys replaces the master key.
type Keys struct {
	databaseFlags
	Rotate keysRotate `cmd:"" help:"Re-encrypt with the first master key everything that another one encrypts, while nodes serve. Then remove the other keys from the configuration."`
}

type keysRotate struct{}

// Run re-encrypts, and prints the counts. It can be interrupted and run again.
func (c *keysRotate) Run(e *environment, d *db.DB) error {
	return e.print(d.Rotate(e.ctx, func(r db.Rotation) {
		e.log.Info("rotating", "resealed", r.Resealed, "checked", r.Checked, "refused", r.Refused)
	}))
}
