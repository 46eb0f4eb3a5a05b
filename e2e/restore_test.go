package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/dbtest"
)

// A restore that is killed at any point leaves a database that every command refuses in one sentence. The restore can be
// run again.
func TestAKilledRestoreIsRunAgain(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	_, w := a.visitor(t)
	w.GraphQL(t, createNote, map[string]any{"id": uuid.Must(uuid.NewV7()).String(), "title": "Oolong"}).Must(t, 200)
	file := filepath.Join(t.TempDir(), "a.backup")
	if out, err := a.runCommand(t, "backup", file); err != nil {
		t.Fatalf("%s", out)
	}
	for name, statement := range map[string]string{
		"while tables are made":    "CREATE POLICY",
		"before rows are copied":   "DISABLE TRIGGER",
		"after rows were copied":   "ADD CONSTRAINT%FOREIGN KEY",
		"before it is whole again": "DROP TABLE public.restore_under_way",
	} {
		t.Run(name, func(t *testing.T) {
			url := dbtest.EmptyURL(t)
			b := &aside{url: url, env: append(a.env, "DATABASE_URL="+url)}
			d := dbtest.At(t, url)
			holding := d.Connect(t, d.Superuser())
			for _, s := range []string{
				`CREATE SCHEMA stall`,
				`CREATE FUNCTION stall.stall() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
					IF current_query() LIKE '%` + statement + `%' THEN PERFORM pg_advisory_xact_lock_shared(7); END IF; END $$`,
				`CREATE EVENT TRIGGER stall ON ddl_command_start EXECUTE FUNCTION stall.stall()`,
				`GRANT USAGE ON SCHEMA stall TO PUBLIC`,
				`SELECT pg_advisory_lock(7)`,
			} {
				execute(t, holding, s)
			}
			killed := exec.CommandContext(t.Context(), binary, "restore", file)
			killed.Env = b.env
			must(t, killed.Start())
			waitForRow(t, "it stops there", holding, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted)`)
			must(t, killed.Process.Signal(syscall.SIGKILL))
			_ = killed.Wait() // killed
			for _, s := range []string{`DROP EVENT TRIGGER stall`, `SELECT pg_advisory_unlock(7)`} {
				execute(t, holding, s)
			}
			waitForRow(t, "its connections end", holding, `SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend')`)

			for _, args := range [][]string{{"serve"}, {"migrate"}, {"backup", filepath.Join(t.TempDir(), "b.backup")}, {"verify"}, {"tenant", "create", "--name=Shop"}} {
				if got := failingCommand(t, b.env, nil, args...); !strings.Contains(got, "run aside restore again") {
					t.Errorf("aside %s says %s", args[0], got)
				}
			}
			if out, err := b.runCommand(t, "restore", file); err != nil {
				t.Fatalf("%s", out)
			}
			b.run(t, "--graphql-open")
			v := w
			v.Site = b.apiSite(t)
			if answer := v.GraphQL(t, `{ notes(first: 10) { edges { node { title } } } }`, nil).Must(t, 200).Body; !strings.Contains(answer, "Oolong") {
				t.Errorf("the notes are %s", answer)
			}
		})
	}
}

// waitForRow waits until a query returns true.
func waitForRow(t *testing.T, what string, c *pgx.Conn, query string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		var yes bool
		must(t, c.QueryRow(t.Context(), query).Scan(&yes))
		if yes {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("not within a minute: ", what)
		}
	}
}
