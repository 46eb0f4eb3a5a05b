package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// miscounted returns how many owners have counters that differ from their notes, or notes and no counters.
func miscounted(t *testing.T, d *dbtest.Database) int {
	t.Helper()
	return count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM (
		SELECT user_id, tenant_key, sum(notes) AS notes, sum(bytes) AS bytes FROM (
			SELECT user_id, tenant_key, 1 AS notes, octet_length(sealed) AS bytes FROM notes WHERE deleted_at IS NULL
			UNION ALL SELECT user_id, tenant_key, 0, octet_length(sealed) FROM note_versions) s GROUP BY 1, 2) n
		FULL JOIN note_counters c USING (user_id, tenant_key)
		WHERE (coalesce(n.notes, 0), coalesce(n.bytes, 0)) IS DISTINCT FROM (c.notes, c.bytes)`)
}

// The counters are exact after any acts at once, by several sessions on several nodes.
func TestCountersAreExactAfterManyActsAtOnce(t *testing.T) {
	d := dbtest.New(t)
	limits := db.DefaultLimits
	limits.VersionGap = time.Nanosecond // each change keeps an earlier version
	nodes := []*db.DB{d.DB, d.Node(t, db.Options{MaxConns: 8, Limits: limits}), d.Node(t, db.Options{MaxConns: 8, Limits: limits})}
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	owners := []db.Owner{alice.Widget(t, shop).Owner(), alice.Widget(t, paper).Owner(), bob.Widget(t, shop).Owner()}
	// Alice has notes that were not counted yet.
	d.Exec(t, `INSERT INTO notes (user_id, id, tenant_key, sealed) SELECT $1, gen_random_uuid(), $2, '\x0102' FROM generate_series(1, 7)`, alice.ID, shop.Key)
	ids := make([]uuid.UUID, 12)
	for i := range ids {
		ids[i] = uuid.Must(uuid.NewV7())
	}
	var acts sync.WaitGroup
	for i := range 9 {
		node, owner, random := nodes[i%len(nodes)], owners[i/3], rand.New(rand.NewPCG(uint64(i), 14))
		acts.Go(func() {
			for range dbtest.Rounds(40, 1000) {
				id := ids[random.IntN(len(ids))]
				var err error
				switch random.IntN(8) {
				case 0, 1:
					_, err = node.CreateNote(t.Context(), owner, db.NewNote{ID: id, Body: strings.Repeat("x", random.IntN(2))})
				case 2:
					_, err = node.CreateNote(t.Context(), owner, db.NewNote{Title: "another"})
				case 3, 4:
					body, version := strings.Repeat("y", random.IntN(2000)), 1
					if n, err := node.Note(t.Context(), owner, id); err == nil {
						version = n.Version
					}
					_, err = node.UpdateNote(t.Context(), owner, db.NoteChange{ID: id, Version: version, Body: &body})
				case 5:
					_, err = node.TrashNote(t.Context(), owner, id)
				case 6:
					err = node.DeleteNote(t.Context(), owner, id)
				case 7:
					_, err = node.RestoreVersion(t.Context(), owner, id, 1+random.IntN(5))
				}
				var refused *db.Error
				if err != nil && (!errors.As(err, &refused) || refused.Code == db.CodeBusy) {
					t.Error(err)
				}
			}
		})
	}
	acts.Go(func() {
		for range 5 {
			if r, err := d.DB.RecountNotes(t.Context(), uuid.Nil); err != nil || len(r.Corrected) != 0 {
				t.Errorf("a recount meanwhile: %+v, %v", r, err)
			}
		}
	})
	acts.Wait()
	if n := miscounted(t, d); n != 0 {
		t.Errorf("%d owners are miscounted", n)
	}
	for _, something := range []string{`SELECT count(*) FROM note_counters WHERE notes > 7`, `SELECT count(*) FROM note_versions`} {
		if n := count(t, d.Connect(t, d.Superuser()), something); n == 0 {
			t.Errorf("nothing was counted: %s", something)
		}
	}
}

// A request that is canceled, or loses its connection, is counted as it took effect.
func TestCountersAreExactAfterCanceledActs(t *testing.T) {
	d := dbtest.New(t)
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	kill := d.Connect(t, d.Superuser())
	var acts sync.WaitGroup
	for i := range 4 {
		acts.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 15))
			for range dbtest.Rounds(60, 1000) {
				ctx, cancel := context.WithCancel(t.Context())
				if random.IntN(2) == 0 {
					go cancel()
				}
				n, err := d.DB.CreateNote(ctx, owner, db.NewNote{Title: "x"})
				if err == nil && random.IntN(2) == 0 {
					_ = d.DB.DeleteNote(ctx, owner, n.ID)
				}
				cancel()
			}
		})
	}
	for range 20 {
		_, err := kill.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		must(t, err)
	}
	acts.Wait()
	if n := miscounted(t, d); n != 0 {
		t.Errorf("%d owners are miscounted", n)
	}
}

// A retry with the same id is counted once, and an owner at the limits is refused and loses nothing.
func TestAnOwnerNearTheLimits(t *testing.T) {
	limits := db.DefaultLimits
	limits.Notes, limits.OwnerSize = 3, 4000
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 4, Limits: limits})
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	var notes []*db.Note
	for range 3 {
		n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
		must(t, err)
		notes = append(notes, n)
	}
	full := func(what string, err error) {
		t.Helper()
		if !db.IsCode(err, db.CodeInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
	full("a note too many", err)
	again, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{ID: notes[0].ID, Title: "x"})
	if err != nil || again.ID != notes[0].ID {
		t.Errorf("a retry: %v", err)
	}
	long := strings.Repeat("y", 4000)
	_, err = d.DB.UpdateNote(t.Context(), owner, db.NoteChange{ID: notes[0].ID, Version: 1, Body: &long})
	full("a note that grows too much", err)
	half := long[:2000]
	n, err := d.DB.UpdateNote(t.Context(), owner, db.NoteChange{ID: notes[0].ID, Version: 1, Body: &half})
	must(t, err)
	d.Exec(t, `UPDATE note_counters SET bytes = bytes + 10000`) // as if the limit had been lowered
	shorter := "z"
	_, err = d.DB.UpdateNote(t.Context(), owner, db.NoteChange{ID: n.ID, Version: 2, Body: &shorter})
	must(t, err)
	d.Exec(t, `UPDATE note_counters SET bytes = bytes - 10000`)
	must(t, d.DB.DeleteNote(t.Context(), owner, n.ID))
	_, err = d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
	must(t, err)
	if n := miscounted(t, d); n != 0 {
		t.Errorf("%d owners are miscounted", n)
	}
}

// A recount corrects wrong counters, of one person or of all.
func TestRecount(t *testing.T) {
	d := dbtest.New(t)
	shop, alice, bob := d.Tenant(t, "Shop"), d.Person(t, "Alice"), d.Person(t, "Bob")
	for _, p := range []*dbtest.Person{alice, bob} {
		_, err := d.DB.CreateNote(t.Context(), p.Widget(t, shop).Owner(), db.NewNote{Title: "x"})
		must(t, err)
	}
	d.Exec(t, `UPDATE note_counters SET notes = 100`)
	r, err := d.DB.RecountNotes(t.Context(), alice.ID)
	must(t, err)
	if r.Owners != 1 || len(r.Corrected) != 1 || r.Corrected[0] != (db.NoteOwner{User: alice.ID, TenantKey: shop.Key}) || miscounted(t, d) != 1 {
		t.Errorf("Alice's: %+v, and %d are still wrong", r, miscounted(t, d))
	}
	r, err = d.DB.RecountNotes(t.Context(), uuid.Nil)
	must(t, err)
	if r.Owners != 2 || len(r.Corrected) != 1 || miscounted(t, d) != 0 {
		t.Errorf("everybody's: %+v", r)
	}
	if _, err := d.DB.RecountNotes(t.Context(), uuid.New()); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("nobody's: %v", err)
	}
}

// A merge counts the notes for the person who gets them.
func TestAMergeIsCounted(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	yes := true
	_, err := d.DB.UpdateTenant(t.Context(), db.Operator(shop.Key), db.TenantChange{VouchedAccounts: &yes})
	must(t, err)
	vouched, err := signInVouched(t, d, shop, joe)
	must(t, err)
	for _, owner := range []db.Owner{vouched.Owner(), alice.Widget(t, shop).Owner(), vouched.Owner()} {
		_, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
		must(t, err)
	}
	must(t, linkSubject(t, d, alice, shop, joe))
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT notes FROM note_counters WHERE user_id = $1`, alice.ID); n != 3 || miscounted(t, d) != 0 {
		t.Errorf("%d notes are counted, %d owners miscounted", n, miscounted(t, d))
	}
	if got := usage(t, d.DB, shop.Key, db.UsageByDay).Notes; got != 3 {
		t.Errorf("the tenant has %d notes", got)
	}
}

// Writes of a node of the earlier release are counted until the upgrade is finished.
func TestWritesOfAnEarlierReleaseAreCounted(t *testing.T) {
	d := dbtest.At(t, dbtest.EmptyURL(t))
	d.Master = newMaster()
	d.Keys = keyringOf(t, d.Master)
	must(t, db.Expand(t.Context(), d.URL))
	config, err := pgx.ParseConfig(d.Superuser())
	must(t, err)
	config.RuntimeParams["application_name"] = "aside sealed"
	older, err := pgx.ConnectConfig(t.Context(), config)
	must(t, err)
	t.Cleanup(func() { _ = older.Close(context.Background()) })
	d.DB = d.Node(t, db.Options{MaxConns: 8})
	shop, alice, bob := d.Tenant(t, "Shop"), d.Person(t, "Alice"), d.Person(t, "Bob")
	owner := alice.Widget(t, shop).Owner()
	write := func(statement string, args ...any) {
		t.Helper()
		_, err := older.Exec(t.Context(), statement, args...)
		must(t, err)
	}
	exact := func(after string) {
		t.Helper()
		if n := miscounted(t, d); n != 0 {
			t.Errorf("%d owners are miscounted after %s", n, after)
		}
	}
	ids := []uuid.UUID{uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())}
	for _, id := range ids {
		write(`INSERT INTO notes (user_id, id, tenant_key, sealed) VALUES ($1, $2, $3, '\x010203')`, alice.ID, id, shop.Key)
		exact("a note")
	}
	newest, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
	must(t, err)
	write(`UPDATE notes SET sealed = '\x0102030405' WHERE id = $1`, ids[0])
	exact("a note that grew")
	write(`UPDATE notes SET trashed_at = now() WHERE id = $1`, ids[0])
	exact("a note in the trash")
	write(`UPDATE notes SET deleted_at = now(), sealed = NULL WHERE id = $1`, ids[1])
	exact("a deleted note")
	write(`UPDATE notes SET pinned = true WHERE id = $1`, ids[1])
	if _, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{ID: older7(ids[1]), Title: "x"}); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("an id below the mark of the earlier release: %v", err)
	}
	write(`UPDATE notes SET user_id = $2 WHERE id = $1`, ids[2], bob.ID)
	exact("a merge")

	// The marks of this release hold for the earlier one.
	d.Exec(t, `UPDATE note_counters SET deleted_up_to = $1 WHERE user_id = $2`, newest.ID, alice.ID)
	write(`SET ROLE aside_app`)
	if _, err := older.Exec(t.Context(), `INSERT INTO notes (user_id, id, tenant_key, sealed) VALUES ($1, $2, $3, '\x01') ON CONFLICT DO NOTHING`, alice.ID, older7(newest.ID), shop.Key); err == nil {
		exact("a note below the mark")
	}
	write(`RESET ROLE`)

	must(t, d.DB.FlushUsage(t.Context()))
	d.Exec(t, `DELETE FROM usage_periods`)
	write(`DELETE FROM users WHERE id = $1`, bob.ID) // by the older node, one note
	must(t, d.DB.DeleteAccountOf(t.Context(), alice.ID))
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT sum(notes) FROM usage_periods WHERE length(period) = 7`); n != -3 {
		t.Errorf("%d notes are counted for two accounts that are gone", n)
	}
}

// older7 returns an id of the same millisecond that is just below.
func older7(id uuid.UUID) uuid.UUID {
	id[15]--
	return id
}

// The cost of a create doesn't depend on the number of the owner's notes.
func TestACreateCostsTheSameForTheFiveThousandthNote(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	token := alice.WidgetToken(t, shop)
	fill(t, d, alice.ID, shop.Key)
	c := asApp(t, d, widgetSetting(alice.ID, token, shop.Key)).always(t)
	_, err := c.Exec(t.Context(), `SET plan_cache_mode = force_generic_plan`)
	must(t, err)
	pages := func(round string) (sum int) {
		t.Helper()
		d.Exec(t, `VACUUM ANALYZE notes, note_counters`)
		user, tenant, id := quoted(alice.ID), quoted(shop.Key), quoted(uuid.Must(uuid.NewV7()))
		for i, arguments := range [][]string{
			{db.InsertNote, user, tenant, id, "false", `'\x01'`, "NULL", "NULL"},
			{db.AddToCounter, user, tenant, "1", "5000", "33554432", id, "'{SERVER}'"},
			{db.GrowCounter, user, tenant, "1", "33554432", "'{SERVER}'"},
		} {
			p := explain(t, c, fmt.Sprintf("create_%s_%d", round, i), arguments[0], arguments[1:])
			sum += p.Hit + p.Read
		}
		return sum
	}
	d.Exec(t, `SELECT count_notes($1, $2, false)`, alice.ID, shop.Key)
	least := func(round string) int { // without a page of an index that is just split
		t.Helper()
		return min(pages(round+"_1"), pages(round+"_2"), pages(round+"_3"))
	}
	few := least("few")
	d.Exec(t, `INSERT INTO notes (user_id, id, tenant_key, sealed) SELECT $1, gen_random_uuid(), $2, $3 FROM generate_series(1, 4890)`, alice.ID, shop.Key, make([]byte, 650))
	d.Exec(t, `SELECT count_notes($1, $2, true)`, alice.ID, shop.Key)
	many := least("many")
	t.Logf("%d pages at 100 notes, %d at 4,990", few, many)
	if many > few+3 { // an index of the owner may be a level deeper
		t.Errorf("a create and a growing change touch %d pages at 100 notes and %d at 4,990", few, many)
	}
}
