package command

import "github.com/company-a/aside/db"

// Migrate brings the database up to date.
type Migrate struct{ databaseFlags }

// Run applies the migrations that are missing.
func (c *Migrate) Run(e *environment) error {
	d, err := open(e, &c.databaseFlags, db.Options{}, ownServer)
	if err != nil {
		return err
	}
	return d.close()
}
