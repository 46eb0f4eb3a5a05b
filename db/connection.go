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

// parseURL parses the owner's URL. Every connection of this package is made with its result.
func parseURL(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("db: the database URL: %w", err)
	}
	// bun writes arguments into the SQL text, so caching such statements would be useless.
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	params := config.ConnConfig.RuntimeParams
	params["application_name"] = applicationName
	// Pinned settings are set after connecting, because poolers refuse them as startup parameters.
	maps.DeleteFunc(params, func(name, _ string) bool { return pinned[strings.ToLower(name)] })
	return config, nil
}

// A timeoutSettings limits how long a connection's statements run and wait for locks, and how long a
// transaction is idle. 0 means no limit.
type timeoutSettings struct{ statement, lock, idle time.Duration }

// configureServing makes every connection of config a serving one: it becomes aside_app, and its statements
// take at most timeout. With several hosts, the timeline that it returns recognizes a primary that was
// replaced. With one host it returns nil.
func configureServing(config *pgx.ConnConfig, timeout time.Duration) *timeline {
	configureDial(config, timeout+silenceTimeout)
	config.AfterConnect = func(ctx context.Context, c *pgconn.PgConn) error {
		return pinSettings(ctx, c, timeoutSettings{timeout, timeout, 2 * timeout}, appRole)
	}
	if len(eachHost(config)) == 1 {
		return nil
	}
	// This check is in ValidateConnect because pgx tries the next host after an error of ValidateConnect, but
	// not after one of AfterConnect.
	of, takesWrites := &timeline{}, config.ValidateConnect
	config.ValidateConnect = func(ctx context.Context, c *pgconn.PgConn) error {
		if err := takesWrites(ctx, c); err != nil {
			return err
		}
		return of.check(ctx, c)
	}
	return of
}

// settings change what a statement means, what it returns or whether it works. A database or a role may have
// other values (ALTER DATABASE … SET, ALTER ROLE … SET, postgresql.conf). default_transaction_read_only is
// not among them: operators, and servers with a full disk, use it to stop writes.
var settings = []struct{ name, value string }{
	// By default a schema with the role's name comes first, and temporary tables do unless pg_temp is listed.
	{"search_path", "public, pg_temp"},
	{"default_transaction_isolation", "'read committed'"},
	{"default_transaction_deferrable", "off"},
	{"row_security", "on"},
	{"idle_session_timeout", "0"}, // the connections of the pool and the listener may be idle
	{"exit_on_error", "off"},
	{"client_encoding", "'UTF8'"},
	{"standard_conforming_strings", "on"}, // bun and pgx rely on it to quote
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
	// These would write the values of a statement to the server's log.
	{"debug_print_parse", "off"},
	{"debug_print_rewritten", "off"},
	{"debug_print_plan", "off"},
}

// versionedSettings sets the settings that not every server has (the nodes of a cluster have to know what a transaction
// presents), and synchronous_commit, which may also be stronger: a
// confirmed change is on disk.
const versionedSettings = `SELECT set_config(name, value, false) FROM (VALUES
	('transaction_timeout', '0'),
	('restrict_nonsystem_relation_kind', ''),
	('citus.propagate_set_commands', 'local'),
	('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END)
	) AS s (name, value) WHERE current_setting(name, true) IS NOT NULL`

var timeouts = []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"}

// pinned holds the names of all settings that pinSettings sets.
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

// pinSettings gives a connection the settings that the code expects, instead of those of the server, the
// database, the role or the environment, and then becomes role. It uses SET after connecting: poolers refuse
// startup parameters that they don't know.
func pinSettings(ctx context.Context, c *pgconn.PgConn, b timeoutSettings, role string) error {
	var first strings.Builder
	for i, d := range []time.Duration{b.statement, b.lock, b.idle} {
		fmt.Fprintf(&first, "SET %s = %d; ", timeouts[i], d.Milliseconds())
	}
	for _, s := range settings {
		fmt.Fprintf(&first, "SET %s = %s; ", s.name, s.value)
	}
	// This is a second script because the first one still runs at the inherited isolation level.
	second := versionedSettings + "; SELECT current_setting('session_replication_role')"
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
		results, err := c.Exec(ctx, findReplicaSetting).ReadAll()
		if err != nil {
			return err
		}
		return &setupError{"session_replication_role is replica, by which neither foreign keys nor triggers work" + superuserMustRun + string(results[0].Rows[0][0])}
	}
	return err
}

// findReplicaSetting finds where session_replication_role was set, and returns the statements that reset it.
const findReplicaSetting = `SELECT coalesce(string_agg(CASE
		WHEN r.oid IS NULL AND d.oid IS NULL THEN 'ALTER ROLE ALL'
		WHEN r.oid IS NULL THEN format('ALTER DATABASE %I', d.datname)
		WHEN d.oid IS NULL THEN format('ALTER ROLE %I', r.rolname)
		ELSE format('ALTER ROLE %I IN DATABASE %I', r.rolname, d.datname) END || ' RESET session_replication_role', '; '),
		'ALTER SYSTEM RESET session_replication_role; SELECT pg_reload_conf()')
	FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
	WHERE (r.oid IS NULL OR r.rolname = session_user) AND (d.oid IS NULL OR d.datname = current_database())
		AND EXISTS (SELECT FROM unnest(s.setconfig) AS c WHERE c LIKE 'session_replication_role=%')`

// connectError returns the error to report for a connection that could not be made.
func connectError(err error) error {
	if e := (*setupError)(nil); errors.As(err, &e) {
		return e
	}
	return fmt.Errorf("db: the database does not answer: %w", err)
}
