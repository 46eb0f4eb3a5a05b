package db

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Citus is the extension of PostgreSQL that makes a cluster of it. Its coordinator looks like a single PostgreSQL: all
// connections of this package are to the coordinator, which sends each statement of a person to the node that has the
// person's rows. peopleTables and the lists after it say where a table is kept.

// Distribute turns the database at the owner's URL into one that is distributed over the nodes of a Citus cluster,
// and returns the names of the tables that it moved. It first migrates. What is moved is moved in one transaction: after a
// failure nothing has changed, and Distribute can be called again.
func Distribute(ctx context.Context, url string) (moved []string, err error) {
	config, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	if err := checkCluster(ctx, config.ConnConfig); err != nil {
		return nil, err
	}
	_, left, err := migrateAll(ctx, url)
	if err != nil {
		return nil, err
	}
	if left {
		return nil, errEarlierNodes
	}
	err = withMigrator(ctx, url, func(config *pgx.ConnConfig, _ *sql.DB) error {
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return connectError(err)
		}
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
		if err := allowLogin(ctx, c); err != nil {
			return err
		}
		moved, err = distribute(ctx, c)
		return err
	})
	return moved, err
}

var errEarlierNodes = &setupError{"nodes of an earlier release are connected: stop them, or replace them by this release, and run this again"}

// checkCluster returns a setupError unless the database is on the coordinator of a cluster with workers.
func checkCluster(ctx context.Context, config *pgx.ConnConfig) error {
	config = config.Copy()
	configureOwner(config, "")
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return connectError(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	k, err := clusterKindOf(ctx, c)
	switch {
	case err != nil:
		return err
	case k == single:
		return &setupError{"the database has no Citus extension, by which PostgreSQL becomes a cluster" + superuserMustRun + "CREATE EXTENSION citus"}
	}
	var coordinator, workers int
	err = c.QueryRow(ctx, `SELECT count(*) FILTER (WHERE groupid = 0), count(*) FILTER (WHERE groupid <> 0 AND shouldhaveshards)
		FROM pg_dist_node WHERE isactive AND noderole = 'primary'`).Scan(&coordinator, &workers)
	switch {
	case err != nil:
		return err
	case coordinator == 0:
		return &setupError{"the cluster does not know the address of its coordinator" + superuserMustRun + "SELECT citus_set_coordinator_host('<host>', <port>)"}
	case workers == 0:
		return &setupError{"the cluster has no worker" + superuserMustRun + "SELECT citus_add_node('<host>', <port>), for each"}
	}
	return nil
}

// A clusterKind says what a database is.
type clusterKind int

const (
	single      clusterKind = iota // a PostgreSQL without Citus
	undivided                      // on a cluster, and not distributed
	distributed                    // by Distribute
)

// clusterKindOf returns what the connection's database is. It returns a setupError for a worker of a cluster.
func clusterKindOf(ctx context.Context, c *pgx.Conn) (clusterKind, error) {
	var installed bool
	if err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')`).Scan(&installed); err != nil || !installed {
		return single, err
	}
	var onCoordinator, isDistributed bool
	err := c.QueryRow(ctx, `SELECT citus_is_coordinator() OR NOT EXISTS (SELECT FROM pg_dist_node),
		EXISTS (SELECT FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid
			WHERE c.relnamespace = to_regnamespace('public') AND c.relname = 'users')`).Scan(&onCoordinator, &isDistributed)
	switch {
	case err != nil:
		return single, err
	case !onCoordinator:
		return single, &setupError{"the database URL names a worker of a cluster: give the URL of its coordinator"}
	case isDistributed:
		return distributed, nil
	}
	return undivided, nil
}

// allowLogin lets the serving roles log in: the coordinator reaches a worker as the role of the transaction.
func allowLogin(ctx context.Context, c *pgx.Conn) error {
	for _, role := range servingRoles {
		var allowed bool
		if err := c.QueryRow(ctx, `SELECT rolcanlogin FROM pg_roles WHERE rolname = $1`, role).Scan(&allowed); err != nil {
			return err
		}
		if allowed {
			continue
		}
		statement := `ALTER ROLE ` + role + ` LOGIN`
		if _, err := c.Exec(ctx, statement); isSQLState(err, insufficientPrivilege) {
			return &setupError{"the serving roles may not log in, as a cluster needs" + superuserMustRun + statement}
		} else if err != nil {
			return fmt.Errorf("db: %s: %w", statement, err)
		}
	}
	return nil
}

// A tableMove is a table and the statement that distributes it.
type tableMove struct{ table, statement string }

// distribute distributes the tables that are not distributed yet, and returns them.
func distribute(ctx context.Context, c *pgx.Conn) (moved []string, err error) {
	rows, err := c.Query(ctx, `SELECT c.relname FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid
		WHERE c.relnamespace = 'public'::regnamespace AND NOT (p.partmethod = 'n' AND p.repmodel = 's')`)
	if err != nil {
		return nil, err
	}
	there, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	moves := slices.DeleteFunc(allMoves(), func(m tableMove) bool { return slices.Contains(there, m.table) })
	for _, m := range moves {
		moved = append(moved, m.table)
	}
	if len(moves) > 0 {
		if err := refuseTriggers(ctx, c, moved); err != nil {
			return nil, err
		}
		if err := move(ctx, c, moves, moved); err != nil {
			return nil, err
		}
	}
	return moved, nestFunctions(ctx, c)
}

// refuseTriggers returns a setupError for tables with triggers, which Citus does not distribute.
func refuseTriggers(ctx context.Context, c *pgx.Conn, tables []string) error {
	var names string
	err := c.QueryRow(ctx, `SELECT coalesce(string_agg(DISTINCT tgrelid::regclass::text, ', '), '') FROM pg_trigger
		WHERE NOT tgisinternal AND tgrelid = ANY ($1::text[]::regclass[])`, tables).Scan(&names)
	if err == nil && names != "" {
		err = &setupError{"these tables have triggers in this release, so a cluster can't distribute them yet: " + names}
	}
	return err
}

// allMoves returns the statements for all tables, in the order in which they have to run.
func allMoves() (moves []tableMove) {
	for _, t := range referenceTables {
		moves = append(moves, tableMove{t, fmt.Sprintf(`SELECT create_reference_table('public.%s')`, t)})
	}
	spread := func(table, column, with string) {
		moves = append(moves, tableMove{table, fmt.Sprintf(`SELECT create_distributed_table('public.%s', '%s', colocate_with => '%s')`, table, column, with)})
	}
	spread("users", peopleTables["users"], "none")
	for _, t := range slices.Sorted(maps.Keys(peopleTables)) {
		if t != "users" {
			spread(t, peopleTables[t], "public.users")
		}
	}
	for _, t := range slices.Sorted(maps.Keys(lookupTables)) {
		spread(t, lookupTables[t], "none")
	}
	return moves
}

// selectForeignKeys returns the statements that drop and add the foreign keys from and to some tables. Those of the
// coordinator's tables ($2) are not added: Citus would treat such a table as one of its own, and refuse some statements.
const selectForeignKeys = `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
	CASE WHEN conrelid = ANY ($2::text[]::regclass[]) THEN '' ELSE
		format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, replace(pg_get_constraintdef(oid), ' NOT VALID', '')) END
	FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
	AND (conrelid = ANY ($1::text[]::regclass[]) OR confrelid = ANY ($1::text[]::regclass[])) ORDER BY conname`

// selectWalls returns the statements that let the owner read all rows of some tables, and that end it.
const selectWalls = `SELECT format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', oid::regclass), format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', oid::regclass)
	FROM pg_class WHERE relforcerowsecurity AND oid = ANY ($1::text[]::regclass[]) ORDER BY relname`

// move runs the moves in one transaction. Citus copies rows with COPY, which row-level security refuses, and refuses
// foreign keys to a table that is not distributed yet. So both are added again when all rows are there.
func move(ctx context.Context, c *pgx.Conn, moves []tableMove, tables []string) error {
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		walls, err := selectPairs(ctx, tx, selectWalls, tables)
		if err != nil {
			return err
		}
		keys, err := selectPairs(ctx, tx, selectForeignKeys, tables, coordinatorTables)
		if err != nil {
			return err
		}
		script := []string{`SET LOCAL citus.multi_shard_modify_mode = 'sequential'`, `SET LOCAL client_min_messages = 'warning'`}
		for _, p := range slices.Concat(walls, keys) {
			script = append(script, p[0])
		}
		for _, m := range moves {
			script = append(script, m.statement)
		}
		for _, m := range moves { // the rows that were copied are still on the coordinator
			script = append(script, fmt.Sprintf(`SELECT truncate_local_data_after_distributing_table('public.%s')`, m.table))
		}
		for _, p := range slices.Concat(keys, walls) {
			script = append(script, p[1])
		}
		for _, statement := range slices.DeleteFunc(script, func(s string) bool { return s == "" }) {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("db: %s: %w", statement, err)
			}
		}
		return nil
	})
}

// selectPairs returns pairs of a statement and the one that reverses it, or "".
func selectPairs(ctx context.Context, tx pgx.Tx, query string, args ...any) ([][2]string, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p [2]string, err error) { return p, row.Scan(&p[0], &p[1]) })
}

// policyFunctions read a person's session on the node that has the person's rows. Citus allows a query within a query
// only by a setting of the function, which CREATE OR REPLACE FUNCTION removes.
var policyFunctions = []string{"owner_user()", "account_user()", "merging_user()"}

func nestFunctions(ctx context.Context, c *pgx.Conn) error {
	const setting = "citus.allow_nested_distributed_execution"
	for _, f := range policyFunctions {
		var isSet bool
		err := c.QueryRow(ctx, `SELECT coalesce($2 = ANY (proconfig), false) FROM pg_proc WHERE oid = $1::text::regprocedure`, "public."+f, setting+"=on").Scan(&isSet)
		if err == nil && !isSet {
			_, err = c.Exec(ctx, `ALTER FUNCTION public.`+f+` SET `+setting+` = on`)
		}
		if err != nil {
			return fmt.Errorf("db: %s: %w", f, err)
		}
	}
	return nil
}

// redistribute distributes the tables that migrations have made, if the database is distributed.
func redistribute(ctx context.Context, c *pgx.Conn) error {
	k, err := clusterKindOf(ctx, c)
	if err != nil || k != distributed {
		return err
	}
	_, err = distribute(ctx, c)
	return err
}

// A cluster keeps each table in one of four ways. A table that a migration makes needs a line here.

// peopleTables are distributed and colocated by the user: all rows of a person are on one node. Each is given with the
// column that has the user's id.
var peopleTables = map[string]string{
	"users":          "id",
	"notes":          "user_id",
	"note_versions":  "user_id",
	"note_counters":  "user_id",
	"sessions":       "user_id",
	"passkeys":       "user_id",
	"consents":       "user_id",
	"identities":     "user_id",
	"recovery_codes": "user_id",
	"key_wraps":      "user_id",
	"members":        "user_id",
}

// lookupTables say who has what is unique across people. Each is distributed by a column of its key.
var lookupTables = map[string]string{ //nolint:gosec // names of tables
	"credentials":       "credential_id",
	"subjects":          "subject_hash",
	"recovery_locators": "locator",
	"user_handles":      "handle",
}

// referenceTables are copied to every node, because rows of people refer to them. They can't be written while a node is
// down, so no frequent act writes them.
var referenceTables = []string{"tenants"}

// coordinatorTables are on the coordinator alone. Each act needs the coordinator anyway, so that such an act needs no
// node but that of its person. There they have no foreign keys to reference tables.
var coordinatorTables = []string{
	"account_origin", "assertion_keys", "audit_events", "authorization_requests", "bun_migration_locks", "bun_migrations",
	"ceremonies", "embed_origins", "embed_sightings", "encryption_keys", "identity_handles", "invitations", "master_keys", "root_secret",
	"sealing", "server_keys", "spent_proofs", "tickets", "tries", "usage_periods", "usage_visitors", "webhook_deliveries", "webhooks",
}
