package db

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// parseURL reads the owner's URL. Every connection of this package is made with what it returns.
func parseURL(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("db: the database URL: %w", err)
	}
	// bun writes arguments into the SQL text: caching such statements would only churn.
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	params := config.ConnConfig.RuntimeParams
	params["application_name"] = applicationName
	// What is pinned below is not sent at connecting: poolers refuse it there.
	maps.DeleteFunc(params, func(name, _ string) bool { return pinned[strings.ToLower(name)] })
	return config, nil
}

// A timeoutSettings is how long a connection's statements may take and wait for locks; 0 is for as long as they need.
type timeoutSettings struct{ statement, lock, idle time.Duration }

// configureServing makes every connection of config a serving one: it is aside_app, and its statements take no longer
// than timeout. Of several hosts, the timeline is given by which one is known that was replaced.
func configureServing(config *pgx.ConnConfig, timeout time.Duration) *timeline {
	configureDial(config, timeout+silenceTimeout)
	config.AfterConnect = func(ctx context.Context, c *pgconn.PgConn) error {
		return pinSettings(ctx, c, timeoutSettings{timeout, timeout, 2 * timeout}, appRole)
	}
	if len(eachHost(config)) == 1 {
		return nil
	}
	// Here, since of a host that is refused here the next one is asked, and of one that is refused in AfterConnect none.
	of, takesWrites := &timeline{}, config.ValidateConnect
	config.ValidateConnect = func(ctx context.Context, c *pgconn.PgConn) error {
		if err := takesWrites(ctx, c); err != nil {
			return err
		}
		return of.check(ctx, c)
	}
	return of
}

// configureOwner makes every connection of config the owner's, without timeouts. role is the role
// to become, or "" to keep the connection's own.
func configureOwner(config *pgx.ConnConfig, role string) {
	configureDial(config, 0)
	config.AfterConnect = func(ctx context.Context, c *pgconn.PgConn) error {
		return pinSettings(ctx, c, timeoutSettings{}, role)
	}
}

// The settings that change what a statement means, what it answers or whether it works. A database
// or a role may have others (ALTER DATABASE … SET, ALTER ROLE … SET, postgresql.conf). One stays as it is,
// default_transaction_read_only: it is how an operator, or a disk that fills up, has a server take no writes.
var settings = []struct{ name, value string }{
	// A schema that is named like the role comes first by default; a temporary table always does, unless it is named.
	{"search_path", "public, pg_temp"},
	{"default_transaction_isolation", "'read committed'"},
	{"default_transaction_deferrable", "off"},
	{"row_security", "on"},
	{"idle_session_timeout", "0"}, // the pool and the listener wait
	{"exit_on_error", "off"},
	{"client_encoding", "'UTF8'"},
	{"standard_conforming_strings", "on"}, // bun and pgx quote by it
	{"bytea_output", "'hex'"},
	{"array_nulls", "on"},
	{"transform_null_equals", "off"},
	{"timezone", "'UTC'"},
	{"datestyle", "'ISO, MDY'"},
	{"intervalstyle", "'postgres'"},
	{"extra_float_digits", "1"},
	{"xmlbinary", "'base64'"},
	{"xmloption", "'content'"},
	{"plan_cache_mode", "'auto'"},
	{"check_function_bodies", "on"},
	{"default_table_access_method", "'heap'"},
	// Into the server's log with the values of a statement.
	{"debug_print_parse", "off"},
	{"debug_print_rewritten", "off"},
	{"debug_print_plan", "off"},
}

// newer are those that not every version has, and synchronous_commit, which may be stronger: what
// is answered is on disk.
const newer = `SELECT set_config(name, value, false) FROM (VALUES
	('transaction_timeout', '0'),
	('restrict_nonsystem_relation_kind', ''),
	('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END)
	) AS s (name, value) WHERE current_setting(name, true) IS NOT NULL`

var timeouts = []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"}

// pinned are the names of all of them.
var pinned = func() map[string]bool {
	names := map[string]bool{"synchronous_commit": true, "restrict_nonsystem_relation_kind": true, "session_replication_role": true, "role": true}
	for _, name := range timeouts {
		names[name] = true
	}
	for _, s := range settings {
		names[s.name] = true
	}
	return names
}()

// pinSettings makes a connection what the code expects, whatever it has inherited from the server, the
// database, the role or the environment, and then becomes role. It does so by SET once it is
// connected: poolers refuse parameters at connecting that they don't know.
func pinSettings(ctx context.Context, c *pgconn.PgConn, b timeoutSettings, role string) error {
	var first strings.Builder
	for i, d := range []time.Duration{b.statement, b.lock, b.idle} {
		fmt.Fprintf(&first, "SET %s = %d; ", timeouts[i], d.Milliseconds())
	}
	for _, s := range settings {
		fmt.Fprintf(&first, "SET %s = %s; ", s.name, s.value)
	}
	// Apart, since the first script still runs at the isolation that was inherited.
	second := newer + "; SELECT current_setting('session_replication_role')"
	become := ""
	if role != "" {
		become = "; SET ROLE " + pgx.Identifier{role}.Sanitize()
	}
	if _, err := c.Exec(ctx, first.String()).ReadAll(); err != nil {
		return err
	}
	results, err := c.Exec(ctx, second+become).ReadAll()
	if err != nil {
		return err
	}
	if string(results[1].Rows[0][0]) != "replica" {
		return nil
	}
	_, err = c.Exec(ctx, "SET ROLE NONE; SET session_replication_role = origin"+become).ReadAll()
	if isSQLState(err, insufficientPrivilege) {
		results, err := c.Exec(ctx, resetReplica).ReadAll()
		if err != nil {
			return err
		}
		return &setUpError{"session_replication_role is replica, by which neither foreign keys nor triggers work" + toRun + string(results[0].Rows[0][0])}
	}
	return err
}

// resetReplica asks where session_replication_role was set, as the statements that undo it.
const resetReplica = `SELECT coalesce(string_agg(CASE
		WHEN r.oid IS NULL AND d.oid IS NULL THEN 'ALTER ROLE ALL'
		WHEN r.oid IS NULL THEN format('ALTER DATABASE %I', d.datname)
		WHEN d.oid IS NULL THEN format('ALTER ROLE %I', r.rolname)
		ELSE format('ALTER ROLE %I IN DATABASE %I', r.rolname, d.datname) END || ' RESET session_replication_role', '; '),
		'ALTER SYSTEM RESET session_replication_role; SELECT pg_reload_conf()')
	FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
	WHERE (r.oid IS NULL OR r.rolname = session_user) AND (d.oid IS NULL OR d.datname = current_database())
		AND EXISTS (SELECT FROM unnest(s.setconfig) AS c WHERE c LIKE 'session_replication_role=%')`

// connectError is the error of a connection that could not be made.
func connectError(err error) error {
	if e := (*setUpError)(nil); errors.As(err, &e) {
		return e
	}
	return fmt.Errorf("db: the database does not answer: %w", err)
}
