package command

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/company-a/aside/internal/server"
	"github.com/company-a/aside/internal/telemetry"
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
	sent, err := telemetry.Start(e.ctx, os.Getenv, v.Version, e.log)
	if err != nil {
		return err
	}
	defer stopTelemetry(e, sent)
	options := c.DatabaseOptions()
	options.Tracer = sent.Statements()
	d, err := open(e, &c.databaseFlags, options, ownServer)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	s, err := server.New(e.ctx, &c.Config, d.db, d.keys, e.log, sent)
	if err != nil {
		return err
	}
	return s.Serve(e.ctx, e.stdout, d.done())
}

// stopTelemetry sends what is left, for a collector that answers in time.
func stopTelemetry(e *environment, t *telemetry.Telemetry) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := t.Stop(ctx); err != nil {
		e.log.Warn("telemetry could not be sent", "error", err)
	}
}
