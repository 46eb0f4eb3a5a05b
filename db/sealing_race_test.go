package db_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// whileLocked runs act, which must wait for what the statements of a transaction lock. The transaction commits once act waits.
// It returns the error of act.
func whileLocked(t *testing.T, d *dbtest.Database, statements []string, act func() error, meanwhile func(pgx.Tx)) error {
	t.Helper()
	tx, err := d.Connect(t, d.Superuser()).Begin(t.Context())
	must(t, err)
	for _, statement := range statements {
		_, err := tx.Exec(t.Context(), statement)
		must(t, err)
	}
	result := make(chan error, 1)
	go func() { result <- act() }()
	waitUntilBlocked(t, d, 1)
	meanwhile(tx)
	must(t, tx.Commit(t.Context()))
	return <-result
}

// These are the locks of a transaction that writes a note, in its order.
const (
	locksCounter = `UPDATE note_counters SET bytes = bytes`
	asPlain      = `UPDATE notes SET sealed = set_byte(sealed, 0, 1)`
	asSealed     = `UPDATE notes SET sealed = set_byte(sealed, 0, 2)`
)

// A person writes the first note at a tenant while another tab turns encryption on. The node counts the notes at that tenant,
// and reads the state of the account, before it changes.
func TestTheBeginningWaitsForNewCounters(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	alice.Widget(t, shop)
	counted := `INSERT INTO note_counters (user_id, tenant_key, notes, bytes, sealing) VALUES ('` + alice.ID.String() + `', '` + shop.Key + `', 0, 0, 'SERVER')`
	must(t, whileLocked(t, d, []string{counted}, func() error { return begin(t, d, alice, 1) }, func(pgx.Tx) {}))
	if _, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "leak"}); !isInvalid(err, "body") {
		t.Errorf("a note in the clear: %v", err)
	}
}

// A conversion ends only if no note of the other kind is being written: nobody could open it, or the service could.
func TestTheEndOfAConversionWaitsForWriters(t *testing.T) {
	for to, written := range map[db.AccountSealing]string{db.SealingEndToEnd: asPlain, db.SealingServer: asSealed} {
		d := dbtest.New(t)
		alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
		n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "plain"})
		must(t, err)
		beginSealing(t, d, alice)
		list, err := d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{converted(n, "a")})
		must(t, err)
		want := db.SealingEncrypting
		if to == db.SealingServer {
			want = db.SealingDecrypting
			moveOn(t, d, alice, db.SealingEndToEnd)
			moveOn(t, d, alice, db.SealingServer)
			_, err = d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{plain(list[0], "back")})
			must(t, err)
		}
		var s *db.Session
		err = whileLocked(t, d, []string{locksCounter, written}, func() (err error) {
			s, err = d.DB.SetSealing(t.Context(), alice.Account, db.SealingChange{To: to, Generation: 1})
			return err
		}, func(pgx.Tx) {})
		must(t, err)
		if s.Sealing != want {
			t.Errorf("while a note of the other kind is written, the account becomes %s", s.Sealing)
		}
		if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM key_wraps`); n != 11 {
			t.Errorf("%d wraps are left", n)
		}
	}
}

// A person turns encryption off in one tab while another one still encrypts, or on while it decrypts: the other tab stores nothing
// anymore.
func TestAConversionMeetsAnotherDirection(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "plain"})
	must(t, err)
	beginSealing(t, d, alice)
	turn := func(to db.AccountSealing) func(pgx.Tx) {
		return func(tx pgx.Tx) {
			_, err := tx.Exec(t.Context(), `UPDATE users SET sealing = $1`, to)
			must(t, err)
			_, err = tx.Exec(t.Context(), `UPDATE note_counters SET sealing = $1`, to)
			must(t, err)
		}
	}
	convert := func(c db.NoteChange) func() error {
		return func() error {
			_, err := d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{c})
			return err
		}
	}
	err = whileLocked(t, d, []string{locksCounter}, convert(converted(n, "a")), turn(db.SealingDecrypting))
	if !isInvalid(err, "notes") {
		t.Errorf("a sealed text, once encryption is turned off: %v", err)
	}
	err = whileLocked(t, d, []string{locksCounter}, convert(plain(n, "leak")), turn(db.SealingEncrypting))
	if !isInvalid(err, "notes") {
		t.Errorf("a text in the clear, once encryption is turned on: %v", err)
	}
	if read, err := d.DB.Note(t.Context(), alice.Account.Owner(), n.ID); err != nil || read.Version != 1 || read.Title != "plain" {
		t.Errorf("the note is %+v, %v", read, err)
	}
	checkCounters(t, d, alice)
}

// A note that changes while it is converted stays as it was changed.
func TestAConversionMeetsAChange(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	var notes []*db.Note
	for range 2 {
		n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "plain"})
		must(t, err)
		notes = append(notes, n)
	}
	beginSealing(t, d, alice)
	widget, yes := alice.Widget(t, shop).Owner(), true
	for i, meanwhile := range []func() error{
		func() error { // which locks no counter
			_, err := d.DB.UpdateNote(t.Context(), widget, db.NoteChange{ID: notes[0].ID, Version: 1, Pinned: &yes})
			return err
		},
		func() error { // as DeleteNote does once the counter is free
			d.Exec(t, `UPDATE notes SET deleted_at = now(), sealed = NULL WHERE id = $1`, notes[1].ID)
			return nil
		},
	} {
		err := whileLocked(t, d, []string{locksCounter}, func() error {
			_, err := d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{converted(notes[i], "a")})
			return err
		}, func(pgx.Tx) { must(t, meanwhile()) })
		if want := []db.Code{db.CodeConflict, db.CodeNotFound}[i]; !db.IsCode(err, want) {
			t.Errorf("not %s: %v", want, err)
		}
	}
	read, err := d.DB.Note(t.Context(), widget, notes[0].ID)
	must(t, err)
	if read.Title != "plain" || !read.Pinned || read.Version != 2 {
		t.Errorf("the changed note is %+v", read)
	}
}
