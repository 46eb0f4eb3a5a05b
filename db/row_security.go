package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// foreignPolicies are policies that name neither a serving role nor everybody nor the tables' owner: such are of
// another owner's, from whose cluster the database came.
const foreignPolicies = `SELECT p.polname, c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
	WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = quote_ident(current_user)::regrole
	AND NOT p.polroles && ARRAY(SELECT oid FROM pg_roles WHERE rolname IN ('` + appRole + `', '` + authRole + `', current_user) UNION SELECT 0)`

// lost is whether somebody whom the walls let through is let through no more.
const lost = `SELECT EXISTS (SELECT FROM (VALUES ('notes', '` + appRole + `'), ('sessions', '` + authRole + `'), ('sessions', current_user), ('users', current_user), ('usage_periods', current_user)) AS w (name, role)
	WHERE NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = ('public.' || w.name)::regclass AND p.polname NOT LIKE '%_backup' AND quote_ident(w.role)::regrole = ANY (p.polroles)))`

// claimPolicies gives a former owner's policies to the one of now.
func claimPolicies(ctx context.Context, c *pgx.Conn) error {
	rows, err := c.Query(ctx, foreignPolicies)
	if err != nil {
		return err
	}
	type policy struct{ name, table string }
	policies, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p policy, err error) { return p, row.Scan(&p.name, &p.table) })
	if err != nil {
		return err
	}
	for _, p := range policies {
		statement := fmt.Sprintf(`ALTER POLICY %s ON %s TO CURRENT_USER`, pgx.Identifier{p.name}.Sanitize(), quoted(p.table))
		if _, err := c.Exec(ctx, statement); err != nil {
			return fmt.Errorf("db: %s: %w", statement, err)
		}
	}
	return nil
}

// checkPolicies refuses a database that was restored while a role was missing: there, everybody would be told
// that they have no session.
func checkPolicies(ctx context.Context, c *pgx.Conn) error {
	var any bool
	if err := c.QueryRow(ctx, lost).Scan(&any); err != nil || !any {
		return err
	}
	return &setUpError{"the database was restored while its roles did not exist, and has lost who may do what: " +
		"make " + appRole + ", " + authRole + " and the owner, and restore it again into an empty database"}
}
