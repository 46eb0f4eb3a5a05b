package db_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// These limit the pages that a hot statement may read, of more than 5,000 pages of notes. A read needs a page for each of
// 21 scattered notes and some for two indexes, of notes and of sessions. A write changes a page of each index of notes.
const (
	pagesToRead   = 21 + 15
	pagesToChange = 60
)

// Hot statements are explained as a serving connection runs them: prepared, with a generic plan and row-level security,
// among 50,000 notes (a million in the long form). EXPLAIN doesn't show the session lookup, which is in a function, but
// counts its pages.
func TestHotStatementsTouchFewPages(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	token := alice.WidgetToken(t, shop)
	widget, err := d.DB.LookUpSession(t.Context(), db.Token{User: alice.ID, Hash: token}, dbtest.Key)
	must(t, err)
	note := fill(t, d, alice.ID, shop.Key)
	d.Exec(t, `SELECT count_notes($1, $2, false)`, alice.ID, shop.Key)
	c := asApp(t, d, widgetSetting(alice.ID, token, shop.Key)).always(t)
	if _, err := c.Exec(t.Context(), `SET plan_cache_mode = force_generic_plan`); err != nil {
		t.Fatal(err)
	}

	const now, sealed = `now()`, `convert_to(repeat('x', 1000), 'UTF8')` // longer than the other texts
	user, tenant, id := quoted(alice.ID), quoted(shop.Key), quoted(note)
	for i, statement := range db.PersonStatements {
		arguments, bound, rows := []string(nil), pagesToRead, 1
		switch about := aboutNotes(statement); {
		case strings.HasPrefix(statement, "SET"), strings.Contains(statement, "set_config("):
			continue // reads no table
		case !about && strings.Contains(statement, "spent_proofs"):
			arguments, rows = []string{`'\x02'`, "60"}, 0
		case strings.Contains(statement, "note_counters") && !strings.Contains(statement, "note_versions"):
			arguments = []string{user, tenant, "10", "5000", "33554432", quoted(uuid.Must(uuid.NewV7())), "'{SERVER}'"}
			if parameters(statement) == 5 {
				arguments = []string{user, tenant, "10", "33554432", "'{SERVER}'"}
			}
		case strings.HasPrefix(statement, "INSERT INTO note_versions"):
			arguments, bound, rows = []string{user, tenant, id, "1", sealed, now}, pagesToChange, 0
		case strings.Contains(statement, "FROM note_versions"):
			arguments, bound, rows = []string{user, tenant, id, "'{1}'"}[:parameters(statement)], pagesToChange, 0
		case strings.HasPrefix(statement, "INSERT"):
			arguments, bound, rows = []string{user, tenant, quoted(uuid.Must(uuid.NewV7())), "false", sealed, "NULL", "NULL"}, pagesToChange, 1
		case strings.Contains(statement, "UPDATE notes"):
			arguments, bound = []string{user, tenant, id, "1", "true", sealed, "650", "NULL", "NULL"}, pagesToChange
		case strings.Contains(statement, "id = $3"):
			arguments = []string{user, tenant, id}
		default: // a page of a list
			arguments, rows = []string{user, tenant, "21", now, id, "true"}[:parameters(statement)], 21
		}
		t.Run(name(statement), func(t *testing.T) {
			if aboutNotes(statement) && !strings.Contains(statement, "user_id = $1") && !strings.Contains(statement, "VALUES ($1,") {
				t.Errorf("it does not carry the sharding key: %s", statement)
			}
			p := explain(t, c, fmt.Sprintf("hot_%d", i), statement, arguments)
			if p.Rows != float64(rows) {
				t.Errorf("it gives %v rows, not %d", p.Rows, rows)
			}
			for _, node := range p.nodes() {
				if node.Type == "Seq Scan" {
					t.Errorf("it scans all of %s", node.Relation)
				}
			}
			if pages := p.Hit + p.Read; pages > bound {
				t.Errorf("it touches %d pages, more than %d", pages, bound)
			}
			if strings.HasPrefix(statement, "SELECT") {
				p.checkOnce(t, "owner_user()", "owner_tenant", "current_setting")
			}
		})
	}

	// The list of a page's notes reads few rows besides its own.
	hash := db.ContextHash(widget.Owner(), "article 7")
	d.Exec(t, `UPDATE notes SET sealed_context = $2, context_hash = $2 WHERE (user_id, id) IN (SELECT user_id, id FROM notes WHERE user_id = $1 ORDER BY id LIMIT 30)`, alice.ID, hash)
	d.Exec(t, `ANALYZE notes`)
	for name, q := range map[string]db.NotesQuery{"pinned": {Order: db.PinnedFirst}, "after": {Order: db.PinnedFirst, After: &db.Position{}}, "updated": {}} {
		t.Run("of a page, "+name, func(t *testing.T) {
			q.Context = "article 7"
			statement := q.SQL()
			after := []string{user, tenant, "21", "now() + interval '1 hour'", id, "true"}
			p := explain(t, c, "page_"+name, statement, append(after[:parameters(statement)-1:6], `'\x`+hex.EncodeToString(hash)+`'`))
			if p.Rows != 21 {
				t.Errorf("it gives %v rows", p.Rows)
			}
			if pages := p.Hit + p.Read; pages > 30+pagesToRead-21 {
				t.Errorf("it touches %d pages", pages)
			}
			for _, node := range p.nodes() {
				if node.Type == "Seq Scan" {
					t.Errorf("it scans all of %s", node.Relation)
				}
			}
			p.checkOnce(t, "owner_user()", "owner_tenant", "current_setting")
		})
	}

	// The list of /account, for all tenants, reads as few pages as a widget's list.
	account := asPerson(t, d, accountSetting(alice.ID, alice.Cookie)).always(t)
	for name, q := range map[string]db.NotesQuery{"first": {}, "after": {After: &db.Position{}}} {
		t.Run("of an account, "+name, func(t *testing.T) {
			statement := db.AccountStatement(q)
			p := explain(t, account, "account_"+name, statement, []string{user, "''", "21", now, id}[:parameters(statement)])
			if p.Rows != 21 {
				t.Errorf("it gives %v rows", p.Rows)
			}
			if pages := p.Hit + p.Read; pages > pagesToRead {
				t.Errorf("it touches %d pages, more than %d", pages, pagesToRead)
			}
			p.checkOnce(t, "account_user()")
		})
	}
}

// Every statement of a sign-in can use an index: with sequential scans disabled, its plan contains none.
func TestSigningInScansNoTable(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	credential := passkeys(t, d, alice)[0].CredentialID
	c := d.Connect(t, d.URL)
	for _, statement := range []string{`SET ROLE aside_auth`, `SET enable_seqscan = off`, `SET plan_cache_mode = force_generic_plan`} {
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for i, statement := range db.AuthorityStatements {
		if strings.HasPrefix(statement, "SET") || strings.HasPrefix(statement, "INSERT") {
			continue // has nothing to look up
		}
		t.Run(name(statement), func(t *testing.T) {
			arguments := slices.Repeat([]string{"NULL"}, parameters(statement))
			if strings.Contains(statement, "1 / count(*)") { // fails unless it changes a passkey
				arguments = []string{quoted(alice.ID), fmt.Sprintf(`'\x%x'`, credential), "0", "false"}
			}
			for _, node := range explain(t, c, fmt.Sprintf("deciding_%d", i), statement, arguments).nodes() {
				if node.Type == "Seq Scan" {
					t.Errorf("it scans all of %s", node.Relation)
				}
			}
		})
	}
}

// fill creates 500 people (10,000 in the long form) with a hundred notes each, in interleaved order, as if written over
// time. One of them is user. fill returns one of their notes.
func fill(t *testing.T, d *dbtest.Database, user uuid.UUID, tenant string) (note uuid.UUID) {
	t.Helper()
	c := d.Connect(t, d.Superuser())
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const each = 100
	people := dbtest.Rounds(500, 10_000)
	must(c.Exec(t.Context(), `SET session_replication_role = replica`)) // skips foreign key checks
	sealed, written := make([]byte, 650), 0
	users := make([]uuid.UUID, people)
	for i := range users {
		users[i] = uuid.Must(uuid.NewV7())
	}
	users[people/2] = user
	must(c.CopyFrom(t.Context(), pgx.Identifier{"notes"}, []string{"user_id", "id", "tenant_key", "sealed", "pinned"},
		pgx.CopyFromFunc(func() ([]any, error) {
			if written == people*each {
				return nil, nil
			}
			owner, id := users[written%people], uuid.Must(uuid.NewV7())
			if owner == user {
				note = id
			}
			written++
			return []any{owner, id, tenant, sealed, written%40 == 0}, nil
		})))
	// As many sessions as are live on a busy day.
	must(c.Exec(t.Context(), `INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, idle_timeout, idle_until, expires_at)
		SELECT gen_random_uuid(), 'WIDGET', sha256(i::text::bytea), $1, $2, 'https://shop.example', 'k', '2 hours', now() + interval '2 hours', now() + interval '1 hour'
		FROM generate_series(1, 5000) i`, user, tenant))
	must(c.Exec(t.Context(), `ANALYZE notes, sessions, users`))
	return note
}

// checkOnce fails unless the plan calls the functions of a policy once for the statement (a One-Time Filter), and in no
// condition of an index or a row.
func (p plan) checkOnce(t *testing.T, functions ...string) {
	t.Helper()
	once := false
	for _, node := range p.nodes() {
		once = once || strings.Contains(node.OneTime, functions[0])
		for _, f := range functions {
			if f := strings.TrimSuffix(f, "()"); strings.Contains(node.Filter+node.Index+node.Recheck, f) {
				t.Errorf("%s is called for each row: %q %q", f, node.Filter, node.Index)
			}
		}
	}
	if !once {
		t.Errorf("%s is in no One-Time Filter", functions[0])
	}
}

// plan is a node of EXPLAIN's output.
type plan struct {
	OneTime  string  `json:"One-Time Filter"`
	Filter   string  `json:"Filter"`
	Index    string  `json:"Index Cond"`
	Recheck  string  `json:"Recheck Cond"`
	Type     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Rows     float64 `json:"Actual Rows"` // per loop; fractional since PostgreSQL 18
	Hit      int     `json:"Shared Hit Blocks"`
	Read     int     `json:"Shared Read Blocks"`
	Plans    []plan
}

func (p plan) nodes() []plan {
	all := []plan{p}
	for _, below := range p.Plans {
		all = append(all, below.nodes()...)
	}
	return all
}

// explain runs a statement twice, rolls it back and returns the second plan. The first one also counts lookups that a
// connection makes only once.
func explain(t *testing.T, c *pgx.Conn, name, statement string, arguments []string) plan {
	t.Helper()
	execute := "EXECUTE " + name
	if len(arguments) > 0 {
		execute += "(" + strings.Join(arguments, ", ") + ")"
	}
	var out []byte
	for _, run := range []func() error{
		func() error { _, err := c.Exec(t.Context(), "PREPARE "+name+" AS "+statement); return err },
		func() error { return rolledBack(t.Context(), c, execute, nil) },
		func() error {
			return rolledBack(t.Context(), c, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+execute, &out)
		},
	} {
		if err := run(); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	var plans []struct{ Plan plan }
	if err := json.Unmarshal(out, &plans); err != nil {
		t.Fatal(err)
	}
	return plans[0].Plan
}

// rolledBack runs a statement in a transaction and rolls it back.
func rolledBack(ctx context.Context, c *pgx.Conn, statement string, out *[]byte) error {
	tx, err := c.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if out == nil {
		_, err = tx.Exec(ctx, statement)
		return err
	}
	return tx.QueryRow(ctx, statement).Scan(out)
}

// aboutNotes reports whether a statement reads or writes notes or their counters.
func aboutNotes(statement string) bool {
	return strings.Contains(statement, "notes") || strings.Contains(statement, "note_counters") || strings.Contains(statement, "note_versions")
}

// parameters returns the number of parameters of a statement.
func parameters(statement string) int {
	for n := 20; n > 0; n-- {
		if strings.Contains(statement, fmt.Sprintf("$%d", n)) {
			return n
		}
	}
	return 0
}

// name returns the beginning and end of a statement, where statements differ.
func name(statement string) string {
	words := strings.Fields(statement)
	return words[0] + " … " + strings.Join(words[max(1, len(words)-8):], " ")
}

func quoted(v any) string { return fmt.Sprintf("'%v'", v) }
