package dbtest

import (
	"context"
	"errors"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/postgres"
)

// A Cluster is a second cluster, for tests of what all databases of a cluster share: roles, settings,
// configuration. None of its databases is migrated.
type Cluster struct{ *postgres.Server }

// shared is the cluster of SharedCluster.
var shared struct {
	sync.Mutex
	server *postgres.Server
	dir    string
}

// SharedCluster returns the same cluster to one test at a time. The test drops the roles and databases that
// it makes.
func SharedCluster(t testing.TB) *Cluster {
	t.Helper()
	shared.Lock()
	t.Cleanup(shared.Unlock)
	if shared.server == nil {
		dir, err := os.MkdirTemp("", "aside-dbtest-")
		must(t, err)
		shared.dir = dir
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		shared.server, err = postgres.Start(ctx, postgres.Config{
			DataDir: dir, Bin: os.Getenv("ASIDE_POSTGRES_BIN"), Settings: map[string]string{"fsync": "off"},
		})
		must(t, err)
	}
	return &Cluster{shared.server}
}

func stopShared(ctx context.Context) error {
	if shared.dir == "" {
		return nil
	}
	var err error
	if shared.server != nil {
		err = shared.server.Stop(ctx)
	}
	return errors.Join(err, postgres.Remove(shared.dir), os.RemoveAll(shared.dir))
}

// Password is the password of every role that a test makes in a Cluster.
const Password = "of no secret"

// As returns the URL of a database for a role that a test made with Password.
func (c *Cluster) As(role, database string) string {
	u, err := url.Parse(databaseURL(c.SuperuserURL(), database))
	if err != nil {
		panic(err)
	}
	u.User = url.UserPassword(role, Password)
	return u.String()
}

// At returns the database at a URL from As, without a DB and Keys.
func (c *Cluster) At(t testing.TB, ownerURL string) *Database {
	t.Helper()
	d := At(t, ownerURL)
	d.superuser = c.SuperuserURL()
	return d
}

// Exec runs statements in a database as superuser, each in its own transaction.
func (c *Cluster) Exec(t testing.TB, database string, statements ...string) {
	t.Helper()
	ctx := context.Background() // also in a cleanup
	conn, err := pgx.Connect(ctx, databaseURL(c.SuperuserURL(), database))
	must(t, err)
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
