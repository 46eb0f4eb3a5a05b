package command

import (
	"errors"

	"github.com/company-a/aside/db"
)

var errEmbeddedCluster = errors.New("an embedded PostgreSQL is a single one: give the URL of a cluster's coordinator as --database-url")

// Cluster distributes the database over the nodes of a Citus cluster.
type Cluster struct{ databaseFlags }

// A clusterReport says what was distributed.
type clusterReport struct {
	Moved []string `json:"moved"` // tables; empty if all were distributed before
}

// Run distributes the tables that are not distributed yet.
func (c *Cluster) Run(e *environment) error {
	if c.DatabaseURL.Empty() {
		return errEmbeddedCluster
	}
	moved, err := db.Distribute(e.ctx, c.DatabaseURL.Reveal())
	if moved == nil {
		moved = []string{}
	}
	return e.print(clusterReport{moved}, err)
}
