package main

import (
	"fmt"

	"github.com/company-a/aside/db"
)

// linkConfig is what commands need that print links to the account origin.
type linkConfig struct {
	Origin string `placeholder:"ORIGIN" help:"Account origin, where the link leads. Default: that of the service, which the database knows."`
}

// Validate is called by kong once everything is read.
func (c *linkConfig) Validate() error {
	if c.Origin == "" {
		return nil
	}
	if _, err := db.ParseOrigin(c.Origin); err != nil {
		return fmt.Errorf("--origin %q: %s", c.Origin, message(err))
	}
	return nil
}

// origin gives the account origin of a link. One that is given counts, with a warning where it is
// not the service's: what a link carries is for the service alone.
func (c *linkConfig) origin(env *environment, store *db.DB) (string, error) {
	kept, err := store.AccountOrigin(env.ctx)
	if c.Origin == "" {
		return kept, err
	}
	given, parseErr := db.ParseOrigin(c.Origin)
	if parseErr != nil {
		return "", parseErr
	}
	if err == nil && given != kept {
		env.log.Warn("the link leads to another origin than the service's", "origin", given, "service", kept)
	}
	return given, nil
}
