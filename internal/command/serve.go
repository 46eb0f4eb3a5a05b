package command

import (
	"errors"

	"github.com/company-a/aside/internal/server"
	"github.com/company-a/aside/internal/version"
)

// Serve runs a node.
type Serve struct {
	databaseFlags
	server.Config
}

// Validate refuses values that cannot work. Kong calls it when all flags are read.
func (c *Serve) Validate() error {
	return errors.Join(c.databaseFlags.Validate(), c.Config.Validate())
}

// Run serves until the environment's context ends, then lets open requests finish.
func (c *Serve) Run(e *environment) (err error) {
	v := version.Running()
	e.log.Info("starting", "version", v.Version, "revision", v.Revision, "go", v.Go)
	d, err := open(e, &c.databaseFlags, c.DatabaseOptions(), ownServer)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	s, err := server.New(e.ctx, &c.Config, d.db, d.keys, e.log)
	if err != nil {
		return err
	}
	return s.Serve(e.ctx, e.stdout, d.done())
}
