package db_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// hostileSettings are settings of a database, a role or a server that would change the meaning of queries, the answers, the log
// or the stored data.
var hostileSettings = map[string]string{
	"statement_timeout":                   "'300ms'",
	"lock_timeout":                        "'1ms'",
	"idle_in_transaction_session_timeout": "'1ms'",
	"idle_session_timeout":                "'500ms'",
	"search_path":                         "elsewhere, pg_catalog",
	"default_transaction_isolation":       "serializable",
	"default_transaction_deferrable":      "on",
	"row_security":                        "off",
	"exit_on_error":                       "on",
	"client_encoding":                     "LATIN1",
	"standard_conforming_strings":         "off",
	"bytea_output":                        "escape",
	"array_nulls":                         "off",
	"transform_null_equals":               "on",
	"timezone":                            "'Pacific/Kiritimati'",
	"datestyle":                           "'German, DMY'",
	"intervalstyle":                       "'sql_standard'",
	"extra_float_digits":                  "'-15'",
	"xmlbinary":                           "hex",
	"xmloption":                           "document",
	"plan_cache_mode":                     "force_custom_plan",
	"check_function_bodies":               "off",
	"synchronous_commit":                  "off",
	"debug_print_parse":                   "on",
	"debug_print_rewritten":               "on",
	"debug_print_plan":                    "on",
}

// newerSettings are hostile settings of newer servers.
var newerSettings = map[string]string{"transaction_timeout": "'300ms'", "restrict_nonsystem_relation_kind": "'view'"}

// Settings of a database or a role don't affect the service's connections.
func TestConnectionSettingsArePinned(t *testing.T) {
	cluster := dbtest.SharedCluster(t)
	want := settingsOf(t, dbtest.New(t))
	for _, where := range []string{"ALTER DATABASE %d SET", "ALTER ROLE %o SET", "ALTER ROLE %o IN DATABASE %d SET"} {
		t.Run(where, func(t *testing.T) {
			c := newOperatorDatabase(t, cluster, "", "", "")
			c.sql(t, `CREATE SCHEMA elsewhere AUTHORIZATION %o`, `CREATE FUNCTION elsewhere.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT 'epoch'::timestamptz $$`)
			for name, value := range hostileSettings {
				c.sql(t, where+` `+name+` = `+value)
			}
			for name, value := range newerSettings {
				c.sql(t, `DO $$ BEGIN IF current_setting('`+name+`', true) IS NOT NULL THEN `+
					strings.NewReplacer("%o", pgx.Identifier{c.owner}.Sanitize(), "%d", pgx.Identifier{c.database}.Sanitize()).Replace(where)+` `+name+` = `+value+`; END IF; END $$`)
			}
			url := c.As(c.owner, c.database)
			for name, got := range settingsOf(t, useService(t, url)) {
				if want := want[name]; (hostileSettings[name] != "" || newerSettings[name] != "") && got != want {
					t.Errorf("%s is %q, not %q", name, got, want)
				}
			}
		})
	}
}

// settingsOf returns all settings of a serving connection.
func settingsOf(t *testing.T, d *dbtest.Database) map[string]string {
	t.Helper()
	var all []string
	must(t, d.DB.Probe(t.Context(), `SELECT array_agg(name || '=' || setting) FROM pg_settings`, &all))
	settings := map[string]string{}
	for _, s := range all {
		name, value, _ := strings.Cut(s, "=")
		settings[name] = value
	}
	return settings
}

// Settings in the URL or the environment are not sent in the startup message, where poolers would refuse them.
func TestSettingsOfTheURLAreNotSent(t *testing.T) {
	cluster := dbtest.SharedCluster(t)
	c := newOperatorDatabase(t, cluster, "", "", "")
	t.Setenv("PGTZ", "Pacific/Kiritimati")
	query := url.Values{"pool_max_conns": {"3"}}
	for name, value := range hostileSettings {
		query.Set(name, strings.Trim(value, "'"))
	}
	useService(t, c.As(c.owner, c.database)+"&"+query.Encode())
}

// A database with an encoding other than UTF-8 is refused. The error names the command that creates a suitable one.
func TestADatabaseOfAnotherEncodingIsRefused(t *testing.T) {
	cluster := dbtest.SharedCluster(t)
	for i, encoding := range []string{"SQL_ASCII", "LATIN1", "EUC_JP", "MULE_INTERNAL", "KOI8R"} {
		t.Run(encoding, func(t *testing.T) {
			c := newOperatorDatabase(t, cluster, "The-Owner", fmt.Sprintf(`my "%d"`, i), "LOGIN CREATEROLE CREATEDB")
			c.Exec(t, "postgres", `DROP DATABASE `+pgx.Identifier{c.database}.Sanitize(),
				fmt.Sprintf(`CREATE DATABASE %s OWNER "The-Owner" ENCODING '%s' LOCALE 'C' TEMPLATE template0`, pgx.Identifier{c.database}.Sanitize(), encoding))
			_, err := db.Migrate(t.Context(), c.As(c.owner, c.database))
			if err == nil {
				t.Fatal("it is taken")
			}
			if !strings.Contains(err.Error(), encoding) || strings.Contains(err.Error(), "\n") {
				t.Errorf("it says %q", err)
			}
			_, command, found := strings.Cut(err.Error(), "make one with: ")
			if !found {
				t.Fatalf("it names no command: %q", err)
			}
			asOwner(t, c, command)
			t.Cleanup(func() { c.Exec(t, "postgres", `DROP DATABASE `+pgx.Identifier{c.database + "_utf8"}.Sanitize()) })
			if i == 0 {
				useService(t, c.As(c.owner, c.database+"_utf8"))
			}
		})
	}
}
