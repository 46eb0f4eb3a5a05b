package command

import (
	"fmt"

	"github.com/company-a/aside/db"
)

// linkFlags are the flags of commands that print a link to the account origin.
type linkFlags struct {
	Origin string `placeholder:"ORIGIN" help:"Account origin that the link leads to. Default: the service's, which the database holds."`
}

// Validate refuses what is not an origin. Kong calls it when all flags are read.
func (f *linkFlags) Validate() error {
	if f.Origin == "" {
		return nil
	}
	if _, err := db.ParseOrigin(f.Origin); err != nil {
		return fmt.Errorf("--origin %q: %s", f.Origin, db.Message(err))
	}
	return nil
}

// origin returns the origin of a link. It warns if the flag gives another one than the service's: the link holds a
// secret that only the service should get.
func (f *linkFlags) origin(e *environment, d *db.DB) (string, error) {
	stored, err := d.AccountOrigin(e.ctx)
	if f.Origin == "" {
		return stored, err
	}
	given, parseErr := db.ParseOrigin(f.Origin)
	if parseErr != nil {
		return "", parseErr
	}
	if err == nil && given != stored {
		e.log.Warn("the link leads to another origin than the service's", "origin", given, "service", stored)
	}
	return given, nil
}
