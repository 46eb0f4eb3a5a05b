package postgres

import (
	"strings"
	"testing"
)

// Environment variables for another server don't affect this one.
func TestTheEnvironmentOfAnotherServerIsNotObeyed(t *testing.T) {
	for name, value := range map[string]string{
		"PGHOST":               "/nowhere",
		"PGHOSTADDR":           "192.0.2.1",
		"PGPORT":               "1",
		"PGUSER":               "somebody",
		"PGDATABASE":           "elsewhere",
		"PGPASSFILE":           "/nowhere",
		"PGSERVICE":            "elsewhere",
		"PGSERVICEFILE":        "/nowhere",
		"PGOPTIONS":            "-c default_transaction_read_only=on",
		"PGTARGETSESSIONATTRS": "standby",
		"PGTZ":                 "Mars",
		"PGDATESTYLE":          "Martian",
		"PGCLIENTENCODING":     "LATIN1",
		"PGREQUIREAUTH":        "scram-sha-256",
		"PGCHANNELBINDING":     "require",
		"PGMINPROTOCOLVERSION": "3.2",
		"PGSSLMODE":            "verify-full",
		"PGSSLNEGOTIATION":     "direct",
		"PGSSLCERT":            "/nowhere",
		"PGCONNECT_TIMEOUT":    "soon",
		"PGDATA":               "/nowhere",
		"PGLOCALEDIR":          "/nowhere",
		"PGSYSCONFDIR":         "/nowhere",
	} {
		t.Setenv(name, value)
	}
	s := serve(t, dataDir(t))
	for as, url := range map[string]string{"owner": s.URL(), "superuser": s.SuperuserURL()} {
		execute(t, url, `CREATE TABLE kept AS SELECT 'this' AS what`)
		dump, err := s.Command(t.Context(), "pg_dump", "--table=kept", url).Output()
		if err != nil || !strings.Contains(string(dump), "this") {
			t.Errorf("the %s's dump: %v\n%s", as, err, dump)
		}
	}
}
