//go:build cluster

package db_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// These tests are for make cluster-test, and need a Citus cluster.

// Each statement about notes is sent to one shard. A plan that asks more has more tasks, or a subplan for each.
func TestStatementsOfNotesAskOneShard(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	token := alice.WidgetToken(t, shop)
	widget, err := d.DB.LookUpSession(t.Context(), db.Token{User: alice.ID, Hash: token}, dbtest.Key)
	must(t, err)
	n, err := d.DB.CreateNote(t.Context(), widget.Owner(), db.NewNote{Title: "x"})
	must(t, err)
	c := asApp(t, d, widgetSetting(alice.ID, token, shop.Key))
	for _, statement := range slices.Concat(db.PersonStatements, db.Removal(widget.Owner())) {
		if !aboutNotes(statement) {
			continue
		}
		id := n.ID
		if strings.HasPrefix(statement, "INSERT") {
			id = uuid.Must(uuid.NewV7())
		}
		args := []any{alice.ID, shop.Key}
		switch {
		case strings.Contains(statement, "UPDATE note_counters SET notes = notes + 1"):
			args = append(args, 1, 5000, 1<<20, id, []string{"SERVER"})
		case strings.Contains(statement, "FROM note_versions") && parameters(statement) == 4:
			args = append(args, id, []int32{1})
		case strings.HasPrefix(statement, "INSERT INTO note_versions"):
			args = append(args, id, 1, []byte{1}, time.Now())
		case strings.Contains(statement, "UPDATE note_counters SET bytes") && !strings.Contains(statement, "note_versions"):
			args = append(args, 1, 1<<20, []string{"SERVER"})
		case strings.HasPrefix(statement, "INSERT"):
			args = append(args, id, false, []byte{1}, nil, nil)
		case strings.Contains(statement, "version = version + 1"):
			args = append(args, id, 1, true, []byte{1}, 100, nil, nil)
		case strings.Contains(statement, "id = $3"):
			args = append(args, id)
		default: // a page
			args = append(args, []any{21, time.Now(), id, true}[:parameters(statement)-2]...)
		}
		plan := explained(t, c, statement, args)
		t.Logf("%s\n%s", statement, plan)
		if !strings.Contains(plan, "Task Count: 1\n") || strings.Count(plan, "Task Count") != 1 || strings.Contains(plan, "Subplan") {
			t.Errorf("it asks more than a shard: %s\n%s", statement, plan)
		}
	}
	// The rule finds a statement that forgets the owner.
	if plan := explained(t, c, `SELECT id FROM notes WHERE id = $1`, []any{n.ID}); strings.Contains(plan, "Task Count: 1\n") {
		t.Errorf("all shards are one: %s", plan)
	}
}

func explained(t *testing.T, c presenting, statement string, args []any) string {
	t.Helper()
	rows, err := c.Query(t.Context(), "EXPLAIN (COSTS OFF) "+statement, append([]any{pgx.QueryExecModeSimpleProtocol}, args...)...)
	must(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return strings.Join(lines, "\n") + "\n"
}

// A database with people in it is distributed while a node is connected, once. Migrations change it afterwards.
func TestDistribute(t *testing.T) {
	url := dbtest.EmptyURL(t)
	_, err := db.Migrate(t.Context(), url)
	must(t, err)
	d := dbtest.Open(t, url, db.Options{MaxConns: 4, SessionCache: -1})
	shop := d.Tenant(t, "Shop")
	var people []*dbtest.Person
	var sessions []*db.Session
	for range 6 {
		p := d.Person(t, "Alice")
		s := p.Widget(t, shop)
		for range 3 {
			_, err := d.DB.CreateNote(t.Context(), s.Owner(), db.NewNote{Title: "x"})
			must(t, err)
		}
		people, sessions = append(people, p), append(sessions, s)
	}
	moved, err := db.Distribute(t.Context(), url)
	if err != nil || !slices.Contains(moved, "notes") || !slices.Contains(moved, "tenants") {
		t.Fatalf("moved %v, %v", moved, err)
	}
	check := func(notes int) {
		t.Helper()
		for i, s := range sessions {
			if _, err := d.DB.CreateNote(t.Context(), s.Owner(), db.NewNote{Title: "y"}); err != nil {
				t.Errorf("a note: %v", err)
			}
			if list, _, err := d.DB.Notes(t.Context(), s.Owner(), db.NotesQuery{First: 50}); err != nil || len(list) != notes {
				t.Errorf("%d notes, %v", len(list), err)
			}
			if _, err := people[i].Redeem(t, shop); err != nil {
				t.Errorf("a sign-in: %v", err)
			}
		}
	}
	check(4)
	c := d.Connect(t, d.Superuser())
	if n := count(t, c, `SELECT count(DISTINCT nodeport) FROM citus_shards WHERE table_name = 'notes'::regclass`); n < 2 {
		t.Errorf("the notes are on %d nodes", n)
	}
	if again, err := db.Distribute(t.Context(), url); err != nil || len(again) != 0 {
		t.Errorf("again: moved %v, %v", again, err)
	}

	// What migrations do: a column, an index while others write, and a function of a policy.
	owner := d.Connect(t, url)
	var function string
	must(t, c.QueryRow(t.Context(), `SELECT pg_get_functiondef('owner_user()'::regprocedure)`).Scan(&function))
	for _, statement := range []string{
		`ALTER TABLE notes ADD COLUMN example text`,
		`CREATE INDEX CONCURRENTLY notes_example ON notes (user_id) WHERE example IS NOT NULL`,
		strings.Replace(function, "SET \"citus.allow_nested_distributed_execution\" TO 'on'", "", 1),
	} {
		if _, err := owner.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	_, err = db.Migrate(t.Context(), url)
	must(t, err)
	check(5)
}

// When a worker is dead, its people are refused with an outage, and no others. They work again when it is back.
// The commands are those of make cluster-test.
func TestADeadWorkerStopsOnlyItsPeople(t *testing.T) {
	kill, start := os.Getenv("ASIDE_CLUSTER_KILL"), os.Getenv("ASIDE_CLUSTER_START")
	if kill == "" || start == "" {
		t.Fatal("set CLUSTER_KILL and CLUSTER_START to commands that stop and start one worker")
	}
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	su := d.Connect(t, d.Superuser())
	type resident struct {
		*dbtest.Person
		session *db.Session
		note    *db.Note
		passkey db.Passkey
	}
	by := map[int]resident{}
	for len(by) < 2 {
		p := d.Person(t, "P")
		port := count(t, su, `SELECT nodeport FROM citus_shards WHERE shardid = get_shard_id_for_distribution_column('users', $1::uuid)`, p.ID)
		if _, there := by[port]; there {
			continue
		}
		s := p.Widget(t, shop)
		n, err := d.DB.CreateNote(t.Context(), s.Owner(), db.NewNote{Title: "x"})
		must(t, err)
		by[port] = resident{p, s, n, passkeys(t, d, p)[0]}
	}
	acts := func(r resident) map[string]error {
		_, read := d.DB.Note(t.Context(), r.session.Owner(), r.note.ID)
		_, _, page := d.DB.Notes(t.Context(), r.session.Owner(), db.NotesQuery{First: 20})
		_, write := d.DB.CreateNote(t.Context(), r.session.Owner(), db.NewNote{Title: "y"})
		_, widget := r.Redeem(t, shop)
		account := d.DB.SignIn(t.Context(), r.ID, r.passkey, db.NewSession{Token: randomHash(), Idle: time.Hour, Lifetime: time.Hour}, nil)
		return map[string]error{"read": read, "page": page, "write": write, "sign in to the widget": widget, "sign in": account}
	}
	run := func(command string) {
		t.Helper()
		if out, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", command, err, out)
		}
	}
	allWork := func(when string) {
		t.Helper()
		at := time.Now()
		for port, r := range by {
			for deadline := at.Add(time.Minute); ; {
				failed := false
				for act, err := range acts(r) {
					if err != nil {
						failed = true
						if time.Now().After(deadline) {
							t.Errorf("%s, a person of %d cannot %s: %v", when, port, act, err)
						}
					}
				}
				if !failed || time.Now().After(deadline) {
					break
				}
			}
		}
		t.Logf("%s: all people work after %v", when, time.Since(at))
	}
	allWork("before")
	run(kill)
	started := false
	defer func() {
		if !started {
			run(start)
		}
	}()
	for range 2 {
		dead := 0
		for port, r := range by {
			at, refused := time.Now(), 0
			all := acts(r)
			for act, err := range all {
				switch {
				case err == nil:
				case db.Outage(err) == nil:
					t.Errorf("a person of %d cannot %s, and it is no outage: %v", port, act, err)
				default:
					refused++
				}
			}
			t.Logf("a person of %d: %d of %d acts refused, %v", port, refused, len(all), time.Since(at))
			if refused == len(all) {
				dead++
			} else if refused > 0 {
				t.Errorf("some acts of a person of %d are refused: %v", port, all)
			}
		}
		if dead != 1 {
			t.Errorf("the people of %d workers are refused", dead)
		}
	}
	run(start)
	started = true
	allWork("afterwards")
}
