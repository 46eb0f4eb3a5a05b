package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// foreignPolicies lists the policies for roles other than a serving role, everybody or the tables'
// owner. They name the owner in another cluster, where the database came from.
const foreignPolicies = `SELECT p.polname, c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
	WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = quote_ident(current_user)::regrole
	AND NOT p.polroles && ARRAY(SELECT oid FROM pg_roles WHERE rolname IN ` + isServing + ` OR rolname = current_user UNION SELECT 0)`

// policiesLost reports whether a policy no longer names a role that it should admit.
const policiesLost = `SELECT EXISTS (SELECT FROM (VALUES ('notes', '` + appRole + `'), ('notes', '` + personRole + `'), ('notes', '` + mergeRole + `'), ('note_versions', '` + appRole + `'), ('note_versions', '` + personRole + `'), ('note_versions', '` + mergeRole + `'), ('sessions', '` + authRole + `'), ('sessions', current_user), ('users', current_user), ('note_counters', current_user)) AS w (name, role)
	WHERE NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = ('public.' || w.name)::regclass AND p.polname NOT LIKE '%_backup' AND quote_ident(w.role)::regrole = ANY (p.polroles)))`

// claimPolicies transfers a former owner's policies to the current one.
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

// checkPolicies returns an error for a database that was restored while a role was missing: nobody
// would have a session there.
func checkPolicies(ctx context.Context, c *pgx.Conn) error {
	var isLost bool
	if err := c.QueryRow(ctx, policiesLost).Scan(&isLost); err != nil || !isLost {
		return err
	}
	return &setupError{"the database was restored while its roles did not exist, and has lost who may do what: " +
		"make " + strings.Join(servingRoles, ", ") + " and the owner, and restore it again into an empty database"}
}
