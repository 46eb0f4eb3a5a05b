package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// An owner's deleted notes take up a few hundred rows at most, however many there are. Their ids stay taken.
func TestDeletedIDsStayTakenInFewRows(t *testing.T) {
	limits := db.DefaultLimits
	limits.DeletedIDs = 20
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 4, Limits: limits})
	shop, paper, alice, bob := d.Tenant(t, "Shop"), d.Tenant(t, "Paper"), d.Person(t, "Alice"), d.Person(t, "Bob")
	owner, elsewhere, other := alice.Widget(t, shop).Owner(), alice.Widget(t, paper).Owner(), bob.Widget(t, shop).Owner()
	create := func(o db.Owner, id uuid.UUID) error {
		_, err := d.DB.CreateNote(t.Context(), o, db.NewNote{ID: id, Title: "x"})
		return err
	}
	old, kept := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	must(t, create(owner, kept)) // kept is older than most deleted notes and remains
	var deleted []uuid.UUID
	for range 400 {
		id := uuid.Must(uuid.NewV7())
		must(t, create(owner, id))
		must(t, d.DB.DeleteNote(t.Context(), owner, id))
		deleted = append(deleted, id)
	}
	for _, o := range []db.Owner{elsewhere, other} { // one deletion each
		id := uuid.Must(uuid.NewV7())
		must(t, create(o, id))
		must(t, d.DB.DeleteNote(t.Context(), o, id))
	}
	rows := func() (n int) {
		t.Helper()
		must(t, d.Connect(t, d.Superuser()).QueryRow(t.Context(), `SELECT count(*) FROM notes WHERE deleted_at IS NOT NULL`).Scan(&n))
		return n
	}
	must(t, d.DB.Sweep(t.Context()))
	if n := rows(); n > limits.DeletedIDs+1+100+2 || n < limits.DeletedIDs {
		t.Errorf("%d rows are left", n)
	}
	for i, id := range deleted {
		if err := create(owner, id); !db.IsCode(err, db.CodeConflict) {
			t.Errorf("the %dth of 400: %v", i, err)
		}
	}
	if err := create(elsewhere, deleted[len(deleted)-1]); !db.IsCode(err, db.CodeConflict) { // its row is kept, and ids are unique per person
		t.Errorf("at another tenant: %v", err)
	}
	must(t, create(elsewhere, deleted[0]))                           // the mark is of one tenant
	if err := create(owner, old); !db.IsCode(err, db.CodeConflict) { // never used, but below the mark all unknown ids count as taken
		t.Errorf("below the mark: %v", err)
	}
	must(t, create(owner, uuid.Must(uuid.NewV7())))
	must(t, create(other, old))                         // another person has another mark
	must(t, create(elsewhere, uuid.Must(uuid.NewV7()))) // newer than the mark
	if err := create(owner, kept); err != nil {         // a retry succeeds as before
		t.Errorf("what is there is a retry: %v", err)
	}
	n, err := d.DB.Note(t.Context(), owner, kept)
	if err != nil || n.Title != "x" {
		t.Errorf("a note from before the mark: %+v, %v", n, err)
	}
}

// The cost of a create doesn't depend on the number of deleted notes. It reads as many pages with none as with 20,000
// (100,000 in the long form).
func TestACreateCostsTheSameAfterManyDeletions(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	token := alice.WidgetToken(t, shop)
	owner := alice.Widget(t, shop).Owner()
	for range 50 {
		_, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
		must(t, err)
	}
	c := asApp(t, d, widgetSetting(alice.ID, token, shop.Key)).always(t)
	_, err := c.Exec(t.Context(), `SET plan_cache_mode = force_generic_plan`)
	must(t, err)
	pages := func(name string, statement string, arguments ...string) int {
		t.Helper()
		d.Exec(t, `VACUUM ANALYZE notes`)
		p := explain(t, c, name, statement, arguments)
		return p.Hit + p.Read
	}
	user, tenant, sealed := quoted(alice.ID), quoted(shop.Key), `'\x01'`
	measure := func(when string) map[string]int {
		return map[string]int{
			"create": pages("create_"+when, db.InsertNote, user, tenant, quoted(uuid.Must(uuid.NewV7())), "false", sealed, "NULL", "NULL"),
			"mark":   pages("mark_"+when, db.MarkDeleted, user, tenant, "1000"),
		}
	}
	before := measure("before")
	b := d.Connect(t, d.Superuser())
	_, err = b.Exec(t.Context(), `INSERT INTO notes (user_id, id, tenant_key, sealed, deleted_at)
		SELECT $1, (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - i), 12, '0') || '7000800000000000' || lpad(to_hex(i % 65536), 4, '0'))::uuid, $2, NULL, now()
		FROM generate_series(1, $3) i`, alice.ID, shop.Key, dbtest.Rounds(20_000, 100_000))
	must(t, err)
	after := measure("after")
	if after["create"] > before["create"]+8 { // the indexes are one level deeper
		t.Errorf("a create touches %d pages, %d before", after["create"], before["create"])
	}
	if after["mark"] > 60 {
		t.Errorf("a look for the mark touches %d pages", after["mark"])
	}
}

// Ended rows are swept once they are no longer needed, and not before.
func TestExpiredRowsAreSwept(t *testing.T) {
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 4, AuditRetention: 40 * 24 * time.Hour})
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	chained := alice.WidgetToken(t, shop) // from the account session of alice.Cookie
	b := d.Connect(t, d.Superuser())
	count := func(query string, args ...any) (n int) {
		t.Helper()
		must(t, b.QueryRow(t.Context(), query, args...).Scan(&n))
		return n
	}
	request := func(times string) string {
		t.Helper()
		id := uuid.NewString()
		d.Exec(t, `INSERT INTO authorization_requests (id, request_uri_hash, tenant_key, redirect_uri, response_mode, state, scope, code_challenge, jkt, embed_origin,
				opened_at, decided_at, redeemed_at, expires_at)
			SELECT $1::uuid, sha256($1::text::bytea), $2, '', 'query', '', '', '', '', '', `+times, id, shop.Key)
		return id
	}
	const no = `NULL::timestamptz`
	for name, c := range map[string]struct {
		id   string
		gone bool
	}{
		"pushed, live":           {request(no + "," + no + "," + no + `, now() + interval '1 minute'`), false},
		"pushed, expired":        {request(no + "," + no + "," + no + `, now() - interval '1 second'`), true},
		"opened, live":           {request(`now(),` + no + "," + no + `, now() + interval '1 minute'`), false},
		"opened, expired":        {request(`now(),` + no + "," + no + `, now() - interval '1 second'`), true},
		"granted, expired":       {request(`now(), now(),` + no + `, now() - interval '1 second'`), true},
		"redeemed a minute ago":  {request(`now(), now(), now(), now() - interval '1 minute'`), false},
		"redeemed two hours ago": {request(`now(), now(), now(), now() - interval '2 hours'`), true},
	} {
		must(t, d.DB.Sweep(t.Context()))
		if gone := count(`SELECT count(*) FROM authorization_requests WHERE id = $1`, c.id) == 0; gone != c.gone {
			t.Errorf("a request that was %s is gone: %v", name, gone)
		}
	}

	// An expired account session is still the head of its chain while sessions of the chain are live.
	d.Exec(t, `UPDATE sessions SET expires_at = now() - interval '2 hours' WHERE kind = 'ACCOUNT'`)
	must(t, d.DB.Sweep(t.Context()))
	if n := count(`SELECT count(*) FROM sessions WHERE token_hash = $1 AND chain_id IS NOT NULL`, alice.Cookie[:]); n != 1 {
		t.Error("the account session of a live widget is swept: the next sign-in in that browser would not continue its chain")
	}
	d.Exec(t, `UPDATE sessions SET revoked_at = now() - interval '2 hours' WHERE token_hash = $1`, chained[:])
	must(t, d.DB.Sweep(t.Context()))
	must(t, d.DB.Sweep(t.Context()))
	if n := count(`SELECT count(*) FROM sessions`); n != 0 {
		t.Errorf("%d sessions are left", n)
	}

	// Audit log entries are kept for the configured time, and for at least a month.
	d.Exec(t, `DELETE FROM audit_events`)
	for _, age := range []string{"1 day", "39 days", "41 days", "900 days"} {
		d.Exec(t, `INSERT INTO audit_events (id, at, actor, action)
			SELECT (rpad(lpad(to_hex((extract(epoch FROM now() - $1::interval) * 1000)::bigint), 12, '0'), 32, '7'))::uuid, now() - $1::interval, 'a', $1`, age)
	}
	must(t, d.DB.Sweep(t.Context()))
	if n := count(`SELECT count(*) FROM audit_events WHERE action IN ('1 day', '39 days')`); n != 2 || count(`SELECT count(*) FROM audit_events`) != 2 {
		t.Errorf("of the two that are kept, %d are left, of %d", n, count(`SELECT count(*) FROM audit_events`))
	}
	short := d.Node(t, db.Options{MaxConns: 2, AuditRetention: time.Second})
	must(t, short.Sweep(t.Context()))
	if n := count(`SELECT count(*) FROM audit_events WHERE action = '1 day'`); n != 1 {
		t.Error("an entry of yesterday can be swept")
	}
}

// Every table has a documented bound in tableGrowth. Sweeps use an index and never ctid, which clusters refuse. The test
// fails for a new table without a bound.
func TestEveryTableHasALimit(t *testing.T) {
	d := dbtest.New(t)
	c := d.Connect(t, d.Superuser())
	rows, err := c.Query(t.Context(), `SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace`)
	must(t, err)
	there := map[string]bool{}
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		there[name] = true
		if strings.TrimSpace(db.TableGrowth[name]) == "" {
			t.Errorf("nothing bounds %s", name)
		}
	}
	must(t, rows.Err())
	for name := range db.TableGrowth {
		if !there[name] {
			t.Errorf("there is no table %s", name)
		}
	}
	for _, s := range db.Sweeps() {
		if strings.Contains(s.Statement, "ctid") {
			t.Errorf("%s is swept by ctid", s.Table)
		}
		if !strings.Contains(db.TableGrowth[s.Table], "swept") {
			t.Errorf("%s is swept, and its bound does not say so: %s", s.Table, db.TableGrowth[s.Table])
		}
	}
	for name, bound := range db.TableGrowth {
		if strings.Contains(bound, "swept") && !db.Swept(name) {
			t.Errorf("nothing sweeps %s", name)
		}
	}
	for _, statement := range []string{`SET ROLE aside_auth`, `SET enable_seqscan = off`} {
		_, err := c.Exec(t.Context(), statement)
		must(t, err)
	}
	for i, s := range db.Sweeps() {
		for _, node := range explain(t, c, fmt.Sprintf("sweep_%d", i), strings.Replace(s.Statement, "?", "$1", 1), []string{"5000"}).nodes() {
			if node.Type == "Seq Scan" && node.Relation == s.Table {
				t.Errorf("the sweep of %s scans all of it: %s", s.Table, s.Statement)
			}
		}
	}
}
