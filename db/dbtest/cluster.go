package dbtest

import (
	"context"
	"errors"
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/postgres"
)

// A Cluster is one of a test's own, for what all databases of a cluster share: roles, settings,
// configuration. Nothing is migrated in it.
type Cluster struct{ *postgres.Server }

// NewCluster starts a cluster and removes it after the test.
func NewCluster(t testing.TB, settings map[string]string) *Cluster {
	t.Helper()
	dir, err := os.MkdirTemp("", "aside-dbtest-")
	must(t, err)
	t.Cleanup(func() { must(t, errors.Join(postgres.Remove(dir), os.RemoveAll(dir))) })
	all := map[string]string{"fsync": "off"}
	for name, value := range settings {
		all[name] = value
	}
	server, err := postgres.Start(t.Context(), postgres.Config{DataDir: dir, Bin: os.Getenv("ASIDE_POSTGRES_BIN"), Settings: all})
	must(t, err)
	t.Cleanup(func() { must(t, server.Stop(context.Background())) })
	return &Cluster{server}
}

// Password is what every role of a Cluster logs in with that a test makes.
const Password = "of no secret"

// As gives the URL of a database for a role that a test made with Password.
func (c *Cluster) As(role, database string) string {
	u, err := url.Parse(databaseURL(c.SuperuserURL(), database))
	if err != nil {
		panic(err)
	}
	u.User = url.UserPassword(role, Password)
	return u.String()
}

// At is the database of a URL that As gave, without a DB and Keys.
func (c *Cluster) At(t testing.TB, ownerURL string) *Database {
	t.Helper()
	d := At(t, ownerURL)
	d.superuser = c.SuperuserURL()
	return d
}

// Exec runs statements as superuser in a database, each in a transaction of its own.
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
