package db_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// operatorDatabase is a cluster with an owner role and a database as an operator may create them.
type operatorDatabase struct {
	*dbtest.Cluster
	owner, database string
	version         int
}

// sql runs statements as a superuser in the database. %o stands for the owner and %d for the database.
func (c *operatorDatabase) sql(t *testing.T, statements ...string) {
	t.Helper()
	names := strings.NewReplacer("%o", pgx.Identifier{c.owner}.Sanitize(), "%d", pgx.Identifier{c.database}.Sanitize())
	for _, s := range statements {
		in := c.database
		if strings.Contains(s, " SET ") { // an earlier setting may already apply to the database
			in = "postgres"
		}
		c.Exec(t, in, names.Replace(s))
	}
}

// ifVersion returns statement for servers of at least that version, and below for others.
func (c *operatorDatabase) ifVersion(version int, statement, below string) string {
	if c.version >= version {
		return statement
	}
	return below
}

// expectSetupError checks that the service refuses with the expected statements, and runs them. It returns false if it finds none.
func expectSetupError(t *testing.T, c *operatorDatabase, url string, says []string) bool {
	t.Helper()
	var expected []string
	for _, s := range says {
		s, newer := strings.CutPrefix(s, "since 16: ")
		s, older := strings.CutPrefix(s, "before 16: ")
		if !(newer && c.version < 16) && !(older && c.version >= 16) {
			expected = append(expected, s)
		}
	}
	if len(expected) == 0 {
		return true
	}
	_, err := db.Migrate(t.Context(), url)
	if err == nil {
		t.Error("it starts as it is")
		return true
	}
	for _, s := range expected {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%q does not say %q", err, s)
		}
	}
	_, statements, found := strings.Cut(err.Error(), "in this database: ")
	if !found || strings.Contains(err.Error(), "\n") {
		t.Errorf("it says %q", err)
		return false
	}
	c.Exec(t, c.database, strings.Split(statements, "; ")...)
	return true
}

// newOperatorDatabase creates an owner and its database, and removes both after the test.
func newOperatorDatabase(t *testing.T, cluster *dbtest.Cluster, owner, database, attributes string) *operatorDatabase {
	t.Helper()
	c := &operatorDatabase{cluster, owner, database, 0}
	if owner == "" {
		c.owner = "keeper"
	}
	if database == "" {
		c.database = "kept"
	}
	if attributes == "" {
		attributes = plainOwner
	}
	conn, err := pgx.Connect(t.Context(), cluster.SuperuserURL())
	must(t, err)
	must(t, conn.QueryRow(t.Context(), `SELECT current_setting('server_version_num')::int / 10000`).Scan(&c.version))
	must(t, conn.Close(t.Context()))
	role, name := pgx.Identifier{c.owner}.Sanitize(), pgx.Identifier{c.database}.Sanitize()
	cluster.Exec(t, "postgres", fmt.Sprintf(`CREATE ROLE %s %s PASSWORD '%s'`, role, attributes, dbtest.Password), fmt.Sprintf(`CREATE DATABASE %s OWNER %s TEMPLATE template0`, name, role))
	t.Cleanup(func() {
		cluster.Exec(t, "postgres", `DROP DATABASE `+name+` WITH (FORCE)`, `DROP DATABASE IF EXISTS elsewhere WITH (FORCE)`)
		for _, other := range []string{role, "aside_app", "aside_person", "aside_auth", "aside_merge", "other", "estate"} {
			cluster.Exec(t, "postgres", `DO $$ BEGIN DROP OWNED BY `+other+` CASCADE; EXCEPTION WHEN undefined_object THEN END $$`)
		}
		cluster.Exec(t, "postgres", `DROP ROLE IF EXISTS `+role+`, aside_app, aside_person, aside_auth, aside_merge, other, estate`)
	})
	return c
}

func asOwner(t *testing.T, c *operatorDatabase, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.As(c.owner, c.database))
	must(t, err)
	for _, s := range statements {
		_, err := conn.Exec(t.Context(), s)
		must(t, err)
	}
	must(t, conn.Close(t.Context()))
}

// createServingRoles creates the serving roles by hand, as an operator might.
func createServingRoles(attributes string) func(*testing.T, *operatorDatabase) {
	return func(t *testing.T, c *operatorDatabase) {
		c.sql(t, `CREATE ROLE aside_app `+attributes, `CREATE ROLE aside_auth`, `GRANT aside_app, aside_auth TO %o`)
	}
}

// makeLoginRole makes the URL's role a mere login role, a member of another role that owns the database.
func makeLoginRole(statements ...string) func(*testing.T, *operatorDatabase) {
	return func(t *testing.T, c *operatorDatabase) {
		c.sql(t, `CREATE ROLE estate CREATEROLE`, `GRANT estate TO %o`, `ALTER ROLE %o NOCREATEROLE`, `ALTER DATABASE %d OWNER TO estate`)
		c.sql(t, statements...)
	}
}
