package db_test

import (
	"strings"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

const plainOwner = "LOGIN CREATEROLE"

// allRoles make the serving roles as an operator might.
var allRoles = []string{`CREATE ROLE aside_app`, `CREATE ROLE aside_person`, `CREATE ROLE aside_auth`, `CREATE ROLE aside_merge`}

// For every setup of roles, rights and names, the service starts or one sentence says what a superuser has to run. It
// starts after exactly these statements.
func TestOwnerRolesOfOperators(t *testing.T) {
	cluster := dbtest.SharedCluster(t)
	for _, c := range []struct {
		name            string
		owner, database string // default: keeper, kept
		attributes      string // of the owner; default: plainOwner
		before          func(t *testing.T, c *operatorDatabase)
		says            []string // the expected refusal; empty if the service starts
	}{
		{name: "a plain owner"},
		{name: "an owner that inherits nothing", attributes: plainOwner + " NOINHERIT", says: []string{"before 16: GRANT USAGE, CREATE ON SCHEMA public TO keeper"}},
		{name: "a superuser", attributes: "LOGIN SUPERUSER"},
		{name: "an owner that bypasses walls", attributes: plainOwner + " BYPASSRLS"},
		{name: "names that need quotes", owner: `The "owner" of it's-all`, database: `Notes of "us" – it's`},
		{name: "names that are key words", owner: "user", database: "order"},
		{name: "no right to make roles", attributes: "LOGIN", says: []string{"CREATE ROLE aside_app NOLOGIN; GRANT aside_app TO keeper", "CREATE ROLE aside_auth"}},
		{name: "no right to make roles, awkward names", owner: "The-Owner", database: "D b", attributes: "LOGIN", says: []string{`TO "The-Owner"`}},
		{name: "roles that a superuser made", before: func(t *testing.T, c *operatorDatabase) { c.sql(t, allRoles...) }, attributes: "LOGIN",
			says: []string{"GRANT aside_app TO keeper", "GRANT aside_person TO keeper", "GRANT aside_auth TO keeper", "GRANT aside_merge TO keeper", "GRANT aside_auth TO aside_merge"}},
		{name: "roles that a superuser made and granted", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, append(allRoles[:4:4], `GRANT aside_app, aside_person, aside_auth, aside_merge TO %o`, `GRANT aside_auth TO aside_merge`)...)
		}, attributes: "LOGIN"},
		{name: "roles that it may only administer", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, append(allRoles[:4:4], c.ifVersion(16, `GRANT aside_app, aside_person, aside_auth, aside_merge TO %o WITH ADMIN TRUE, SET FALSE, INHERIT FALSE`,
				`GRANT aside_app, aside_person, aside_auth, aside_merge TO %o WITH ADMIN OPTION`))...)
		}, attributes: "LOGIN"},
		{name: "a role for merging that inherits nothing", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, append(allRoles[:3:3], `CREATE ROLE aside_merge NOINHERIT`, `GRANT aside_app, aside_person, aside_auth, aside_merge TO %o`, `GRANT aside_auth TO aside_merge`)...)
		}, says: []string{"before 16: ALTER ROLE aside_merge INHERIT", "since 16: GRANT aside_auth TO aside_merge WITH INHERIT TRUE"}},
		{name: "a role for merging that reads everything", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, append(allRoles[:3:3], `CREATE ROLE aside_merge IN ROLE aside_auth, pg_read_all_data`, `GRANT aside_app, aside_person, aside_auth, aside_merge TO %o`)...)
		}, says: []string{"REVOKE pg_read_all_data FROM aside_merge"}},
		{name: "the roles of the release before", attributes: "LOGIN", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `CREATE ROLE aside_app`, `CREATE ROLE aside_auth`, `GRANT aside_app, aside_auth TO %o`)
		}, says: []string{"CREATE ROLE aside_person NOLOGIN; GRANT aside_person TO keeper", "CREATE ROLE aside_merge NOLOGIN", "GRANT aside_auth TO aside_merge"}},
		{name: "roles that an older release made, on which it stuck", before: func(t *testing.T, c *operatorDatabase) {
			asOwner(t, c, `CREATE ROLE aside_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`, `CREATE ROLE aside_auth NOLOGIN`)
		}},
		{name: "roles of another installation", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `CREATE ROLE other LOGIN CREATEROLE PASSWORD '`+dbtest.Password+`'`, `CREATE DATABASE elsewhere OWNER other`)
			_, err := db.Migrate(t.Context(), c.As("other", "elsewhere"))
			must(t, err)
		}, says: []string{"since 16: GRANT aside_app TO keeper WITH SET TRUE, INHERIT FALSE"}},
		{name: "an owner of nothing", before: func(t *testing.T, c *operatorDatabase) { c.sql(t, `ALTER DATABASE %d OWNER TO postgres`) },
			says: []string{"GRANT USAGE, CREATE ON SCHEMA public TO keeper"}},
		{name: "a schema of the provider's", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `ALTER SCHEMA public OWNER TO postgres`, `GRANT USAGE, CREATE ON SCHEMA public TO %o`)
		}},
		{name: "a schema of the provider's that is open to nobody", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `ALTER SCHEMA public OWNER TO postgres`, `REVOKE ALL ON SCHEMA public FROM PUBLIC`, `GRANT USAGE, CREATE ON SCHEMA public TO %o`)
		}, says: []string{"GRANT USAGE ON SCHEMA public TO aside_app"}},
		{name: "a schema in which everybody makes tables", before: func(t *testing.T, c *operatorDatabase) { c.sql(t, `GRANT CREATE ON SCHEMA public TO PUBLIC`) }},
		{name: "the same, and the provider's", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `ALTER SCHEMA public OWNER TO postgres`, `GRANT ALL ON SCHEMA public TO PUBLIC`)
		}, says: []string{"REVOKE CREATE ON SCHEMA public FROM PUBLIC, aside_app"}},
		{name: "no schema", before: func(t *testing.T, c *operatorDatabase) { c.sql(t, `DROP SCHEMA public`) }},
		{name: "no schema, and no right to make one", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `ALTER DATABASE %d OWNER TO postgres`, `DROP SCHEMA public`)
		}, says: []string{"CREATE SCHEMA public AUTHORIZATION keeper"}},
		{name: "a schema of the owner's name", before: func(t *testing.T, c *operatorDatabase) { c.sql(t, `CREATE SCHEMA %o AUTHORIZATION %o`) }},
		{name: "another path", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `CREATE SCHEMA mine AUTHORIZATION %o`, `ALTER ROLE %o SET search_path = mine`, `ALTER DATABASE %d SET search_path = mine`)
		}},
		{name: "a serving role as its own", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `CREATE ROLE aside_app`, `CREATE ROLE aside_person`, `CREATE ROLE aside_auth`, `CREATE ROLE aside_merge IN ROLE aside_auth`,
				`GRANT aside_app, aside_person, aside_auth, aside_merge TO %o`, `ALTER ROLE %o SET role = 'aside_app'`)
		}},
		{name: "a login for the owner", before: makeLoginRole("ALTER ROLE %o SET role = 'estate'")},
		{name: "a serving role that logs in", before: createServingRoles("LOGIN"), says: []string{"ALTER ROLE aside_app NOLOGIN"}},
		{name: "a serving role that is a superuser", before: createServingRoles("SUPERUSER"), says: []string{"ALTER ROLE aside_app NOSUPERUSER"}},
		{name: "a serving role that bypasses walls", before: createServingRoles("BYPASSRLS"), says: []string{"ALTER ROLE aside_app NOBYPASSRLS"}},
		{name: "a serving role that can do all", before: createServingRoles("LOGIN SUPERUSER BYPASSRLS CREATEROLE CREATEDB REPLICATION"),
			says: []string{"ALTER ROLE aside_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION"}},
		{name: "a serving role that reads everything", before: createServingRoles("IN ROLE pg_read_all_data"), says: []string{"REVOKE pg_read_all_data FROM aside_app"}},
		{name: "a serving role that is another", before: func(t *testing.T, c *operatorDatabase) {
			createServingRoles("")(t, c)
			c.sql(t, `CREATE ROLE other LOGIN CREATEROLE PASSWORD '`+dbtest.Password+`'`, `GRANT aside_auth TO other WITH ADMIN OPTION`)
			c.Exec(t, c.database, `SET ROLE other; GRANT aside_auth TO aside_app`)
		}, says: []string{"REVOKE aside_auth FROM aside_app"}},
		{name: "triggers off", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `ALTER ROLE %o SET session_replication_role = replica`)
		},
			says: []string{"ALTER ROLE keeper RESET session_replication_role"}},
		{name: "triggers off, here and there", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `ALTER DATABASE %d SET session_replication_role = replica`, `ALTER ROLE %o IN DATABASE %d SET session_replication_role = replica`)
		}, says: []string{"ALTER DATABASE kept RESET session_replication_role", "ALTER ROLE keeper IN DATABASE kept RESET session_replication_role"}},
		{name: "triggers off, for a superuser", attributes: "LOGIN SUPERUSER", before: func(t *testing.T, c *operatorDatabase) {
			c.sql(t, `ALTER DATABASE %d SET session_replication_role = replica`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newOperatorDatabase(t, cluster, c.owner, c.database, c.attributes)
			if c.before != nil {
				c.before(t, a)
			}
			url := a.As(a.owner, a.database)
			if expectSetupError(t, a, url, c.says) {
				useService(t, url)
			}
		})
	}
}

// A database from another cluster works for its new owner, or one sentence says why not.
func TestDatabaseFromAnotherCluster(t *testing.T) {
	cluster := dbtest.SharedCluster(t)
	for _, c := range []struct {
		name   string
		before []string
		says   string // empty if it works
	}{
		{"policies of a former owner", []string{`CREATE ROLE estate`, `ALTER POLICY sessions_lookup ON sessions TO estate`, `ALTER POLICY users_lookup ON users TO estate`,
			`ALTER POLICY note_counters_owner ON note_counters TO estate`}, ""},
		{"no more than the serving roles", []string{`DROP POLICY sessions_lookup ON sessions`}, "restore it again"},
		{"restored without the serving roles", []string{`DROP OWNED BY aside_app, aside_person, aside_auth, aside_merge`, `DROP ROLE aside_app, aside_person, aside_auth, aside_merge`}, "restore it again"},
		{"restored without one of them", []string{`DROP OWNED BY aside_auth`, `DROP ROLE aside_auth`}, "restore it again"},
		{"restored without the role for accounts", []string{`DROP OWNED BY aside_person`, `DROP ROLE aside_person`}, "restore it again"},
		{"restored without the role for merging", []string{`DROP OWNED BY aside_merge`, `DROP ROLE aside_merge`}, "restore it again"},
		{"tables of another", []string{`CREATE ROLE other`, `REASSIGN OWNED BY %o TO other`, `ALTER DATABASE kept OWNER TO %o`}, "the tables belong to other"},
		{"tables of another that the owner belongs to", []string{`CREATE ROLE other`, `REASSIGN OWNED BY %o TO other`, `ALTER DATABASE kept OWNER TO %o`, `GRANT other TO %o`,
			`GRANT aside_app, aside_person, aside_auth, aside_merge TO other`, `GRANT CREATE, USAGE ON SCHEMA public TO other`}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newOperatorDatabase(t, cluster, "", "", "")
			url := a.As(a.owner, a.database)
			_, err := db.Migrate(t.Context(), url)
			must(t, err)
			a.sql(t, c.before...)
			if c.says == "" {
				useService(t, url)
				return
			}
			if _, err := db.Migrate(t.Context(), url); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("it starts: %v", err)
			}
		})
	}
}
