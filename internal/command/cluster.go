package command

import (
	"errors"

	"github.com/company-a/aside/db"
)

var errEmbeddedCluster = errors.New("an embedded PostgreSQL is neither distributed nor divided: give the URL of a cluster's coordinator, or of a PostgreSQL, as --database-url")

// Cluster distributes the database over the nodes of a Citus cluster, or divides the notes on a single PostgreSQL.
type Cluster struct {
	databaseFlags
	Partitions int `placeholder:"16" help:"Divide the notes of a single PostgreSQL into this many partitions, by the hash of their user, instead. Requests for notes fail meanwhile."`
}

// A partitionReport says whether the notes were divided.
type partitionReport struct {
	Partitions int  `json:"partitions"`
	Divided    bool `json:"divided"` // false if they were before
}

// A clusterReport says what was distributed.
type clusterReport struct {
	Moved []string `json:"moved"` // tables; empty if all were distributed before
}

// Run distributes the tables that are not distributed yet, or divides the notes if they are not divided yet.
func (c *Cluster) Run(e *environment) error {
	if c.DatabaseURL.Empty() {
		return errEmbeddedCluster
	}
	if c.Partitions != 0 {
		done, err := db.Partition(e.ctx, c.DatabaseURL.Reveal(), c.Partitions)
		return e.print(partitionReport{c.Partitions, done}, err)
	}
	moved, err := db.Distribute(e.ctx, c.DatabaseURL.Reveal())
	if moved == nil {
		moved = []string{}
	}
	return e.print(clusterReport{moved}, err)
}
