package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// The serving roles. They belong to the whole cluster: all its installations share them.
const (
	appRole    = "aside_app"    // for widget sessions
	personRole = "aside_person" // for account sessions
	authRole   = "aside_auth"   // decides who a person is
	mergeRole  = "aside_merge"  // has the rights of aside_auth, and moves the notes of a vouched account
)

// servingRoles lists the serving roles, each after the one that it is a member of.
var servingRoles = []string{appRole, personRole, authRole, mergeRole}

// isServing is an SQL list of the serving roles' names.
const isServing = `('` + appRole + `', '` + personRole + `', '` + authRole + `', '` + mergeRole + `')`

// A roleFix is a condition of the service that does not hold yet, and the statement that makes it hold.
type roleFix struct {
	statement string
	byOwner   bool // the owner tries it first; a superuser must run the others, which are only reported
}

// prepareRoles makes the serving roles, lets the owner SET ROLE to them, and checks that they have only the rights
// granted here, as row-level security requires. It runs at each start: roles are not part of a dump, and an
// applied migration does not run again. If the owner lacks the rights, the error says what a superuser has to run.
func prepareRoles(ctx context.Context, c *pgx.Conn, login bool) error {
	const passes = 5 // another installation of the cluster may be doing the same
	var fixes []roleFix
	for pass := 0; ; pass++ {
		var err error
		if fixes, err = roleFixes(ctx, c, login); err != nil {
			return err
		}
		tried := false
		if pass < passes {
			for _, fix := range fixes {
				if !fix.byOwner {
					continue
				}
				tried = true
				if _, err := c.Exec(ctx, fix.statement); err != nil && !isInconclusive(err) {
					return fmt.Errorf("db: %s: %w", fix.statement, err)
				}
			}
		}
		if !tried {
			break
		}
	}
	if len(fixes) == 0 {
		return nil
	}
	statements := make([]string, len(fixes))
	for i, fix := range fixes {
		statements[i] = fix.statement
	}
	return &setupError{"roles and rights are not what Aside needs" + superuserMustRun + strings.Join(statements, "; ")}
}

// isInconclusive reports whether a statement's error leaves open what is still missing.
func isInconclusive(err error) bool {
	return slices.ContainsFunc([]string{
		insufficientPrivilege, uniqueViolation,
		"42710", // duplicate_object
		"42704", // undefined_object: a role that was not created
		"0LP01", // invalid_grant_operation
		"3F000", // invalid_schema_name: a schema that was not created
		"XX000", // tuple concurrently updated
	}, func(state string) bool { return isSQLState(err, state) })
}

// A servingRole is the server's state of a serving role. If it does not exist, only name is set.
type servingRole struct {
	name                string
	exists              bool
	excess              string // attributes to change, as ALTER ROLE writes them
	revokes             string // statements that revoke its membership in other roles
	canBecome           bool   // the connection may SET ROLE to it
	inherits            bool   // it has the rights that it is to inherit: aside_merge those of aside_auth
	hasUsage, canCreate bool   // USAGE and CREATE on the schema
}

// $1 is the privilege that SET ROLE needs. $3 says whether the roles may log in, as a cluster needs.
const selectRoles = `SELECT wanted.name, r.oid IS NOT NULL,
	concat_ws(' ', CASE WHEN wanted.name = '` + mergeRole + `' AND $1 = 'MEMBER' AND NOT r.rolinherit THEN 'INHERIT' END, CASE WHEN r.rolcanlogin AND NOT $3 THEN 'NOLOGIN' END, CASE WHEN r.rolsuper THEN 'NOSUPERUSER' END,
		CASE WHEN r.rolbypassrls THEN 'NOBYPASSRLS' END, CASE WHEN r.rolcreaterole THEN 'NOCREATEROLE' END,
		CASE WHEN r.rolcreatedb THEN 'NOCREATEDB' END, CASE WHEN r.rolreplication THEN 'NOREPLICATION' END),
	coalesce((SELECT string_agg(format('REVOKE %I FROM %I', g.rolname, r.rolname) || CASE $1 WHEN 'SET' THEN format(' GRANTED BY %I', pg_get_userbyid(m.grantor)) ELSE '' END, '; ')
		FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid
		  AND NOT (r.rolname = '` + mergeRole + `' AND g.rolname = '` + authRole + `')), ''),
	coalesce(pg_has_role(session_user, r.oid, $1), false),
	wanted.name <> '` + mergeRole + `' OR coalesce(pg_has_role(r.oid, (SELECT oid FROM pg_roles WHERE rolname = '` + authRole + `'), 'USAGE'), false),
	coalesce(has_schema_privilege(r.oid, n.oid, 'USAGE'), false), coalesce(has_schema_privilege(r.oid, n.oid, 'CREATE'), false)
	FROM unnest($2::text[]) WITH ORDINALITY AS wanted (name, i) LEFT JOIN pg_roles r ON r.rolname = wanted.name
	LEFT JOIN pg_namespace n ON n.nspname = 'public' ORDER BY i`

// roleFixes lists the conditions that do not hold, in the order in which their statements must run.
func roleFixes(ctx context.Context, c *pgx.Conn, login bool) ([]roleFix, error) {
	var version int
	var session, current, database string
	var schema, adds bool
	err := c.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, session_user, quote_ident(current_user), quote_ident(current_database()),
		n.oid IS NOT NULL, coalesce(has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE'), false)
		FROM (VALUES (1)) AS one LEFT JOIN pg_namespace n ON n.nspname = 'public'`).Scan(&version, &session, &current, &database, &schema, &adds)
	if err != nil {
		return nil, err
	}
	if slices.Contains(servingRoles, session) {
		return nil, &setupError{"the database URL names " + session + ", which serves and owns nothing: give the URL of the role that owns the database"}
	}
	// PostgreSQL 16 distinguishes membership from the right to SET ROLE; the creator of a role gets
	// only membership.
	privilege, with, inherit := "MEMBER", "", ""
	if version >= 160000 {
		privilege, with, inherit = "SET", " WITH SET TRUE, INHERIT FALSE", " WITH INHERIT TRUE"
	}
	rows, err := c.Query(ctx, selectRoles, privilege, servingRoles, login)
	if err != nil {
		return nil, err
	}
	roles, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r servingRole, err error) {
		return r, row.Scan(&r.name, &r.exists, &r.excess, &r.revokes, &r.canBecome, &r.inherits, &r.hasUsage, &r.canCreate)
	})
	if err != nil {
		return nil, err
	}
	var fixes []roleFix
	need := func(byOwner bool, format string, args ...any) {
		fixes = append(fixes, roleFix{fmt.Sprintf(format, args...), byOwner})
	}
	open := slices.ContainsFunc(roles, func(r servingRole) bool { return r.canCreate })
	if !schema {
		need(true, "CREATE SCHEMA public AUTHORIZATION %s", current)
	} else if !adds || open { // it may have its rights only through PUBLIC
		need(true, "GRANT USAGE, CREATE ON SCHEMA public TO %s", current)
	}
	for _, r := range roles {
		if !r.exists {
			need(true, "CREATE ROLE %s NOLOGIN", r.name)
		}
		if !r.canBecome {
			need(true, "GRANT %s TO %s%s", r.name, current, with)
		}
		if !r.inherits {
			need(true, "GRANT %s TO %s%s", authRole, r.name, inherit)
		}
		if r.excess != "" {
			need(false, "ALTER ROLE %s %s", r.name, r.excess)
		}
		if r.revokes != "" {
			need(false, "%s", r.revokes)
		}
		if !r.hasUsage {
			need(true, "GRANT USAGE ON SCHEMA public TO %s", r.name)
		}
		if r.canCreate {
			need(true, "REVOKE CREATE ON SCHEMA public FROM PUBLIC, %s", r.name)
		}
	}
	return fixes, nil
}
