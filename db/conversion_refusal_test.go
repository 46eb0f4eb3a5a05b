package db_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestConversionsAreRefused(t *testing.T) {
	d := dbtest.New(t)
	alice, bob, shop := d.Person(t, "Alice"), d.Person(t, "Bob"), d.Tenant(t, "Shop")
	widget := alice.Widget(t, shop)
	var notes []*db.Note
	for range 2 {
		n, err := d.DB.CreateNote(t.Context(), widget.Owner(), db.NewNote{Title: "plain"})
		must(t, err)
		notes = append(notes, n)
	}
	convert := func(p *dbtest.Person, changes ...db.NoteChange) error {
		_, err := d.DB.ConvertNotes(t.Context(), p.Account.Owner(), changes)
		return err
	}
	if err := convert(alice, converted(notes[0], "a")); !isInvalid(err, "notes") {
		t.Errorf("of a SERVER account: %v", err)
	}
	beginSealing(t, d, alice)
	stale := converted(notes[1], "b")
	stale.Version = 7
	yes := true
	withPin := converted(notes[1], "b")
	withPin.Pinned = &yes
	both := converted(notes[1], "b")
	both.Title = new(string)
	missing := converted(notes[1], "b")
	missing.ID = uuid.Must(uuid.NewV7())
	for name, c := range map[string]struct {
		change  db.NoteChange
		refused func(error) bool
	}{
		"stale": {stale, func(err error) bool {
			var e *db.Error
			return errors.As(err, &e) && e.Code == db.CodeConflict && e.Current.Title == "plain"
		}},
		"missing":      {missing, func(err error) bool { return db.IsCode(err, db.CodeNotFound) }},
		"plain":        {plain(notes[1], "b"), func(err error) bool { return isInvalid(err, "notes") }},
		"nothing":      {db.NoteChange{ID: notes[1].ID, Version: 1}, func(err error) bool { return isInvalid(err, "notes") }},
		"pinned":       {withPin, func(err error) bool { return isInvalid(err, "notes") }},
		"both texts":   {both, func(err error) bool { return isInvalid(err, "sealed") }},
		"the same one": {converted(notes[0], "a"), func(err error) bool { return isInvalid(err, "notes") }},
	} {
		if err := convert(alice, converted(notes[0], "a"), c.change); !c.refused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := convert(alice); !isInvalid(err, "notes") {
		t.Errorf("no notes: %v", err)
	}
	if err := convert(alice, make([]db.NoteChange, 101)...); !isInvalid(err, "notes") {
		t.Errorf("too many notes: %v", err)
	}
	beginSealingOther(t, d, bob)
	if err := convert(bob, converted(notes[0], "a")); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("another person's note: %v", err)
	}
	if _, err := d.DB.ConvertNotes(t.Context(), alice.Widget(t, shop).Owner(), []db.NoteChange{converted(notes[0], "a")}); !db.IsCode(err, db.CodeForbidden) {
		t.Errorf("in a widget: %v", err)
	}
	for _, n := range notes { // nothing was changed
		if read, err := d.DB.Note(t.Context(), alice.Account.Owner(), n.ID); err != nil || read.Version != 1 || read.Title != "plain" {
			t.Errorf("a note is %+v, %v", read, err)
		}
	}
	must(t, convert(alice, converted(notes[0], "a"), converted(notes[1], "b")))
}

func beginSealingOther(t *testing.T, d *dbtest.Database, p *dbtest.Person) {
	t.Helper()
	must(t, begin(t, d, p, 1))
	must(t, d.DB.ReplaceRecoveryCodes(t.Context(), p.Account, browserCodes(9, true)))
	p.Account = lookUp(t, d, p)
}
