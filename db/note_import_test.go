package db_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// An account session imports notes at a tenant that its person allows, and a widget there shows them. A retry makes no second note.
func TestImportNotes(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	widget := alice.Widget(t, shop)
	bob.Widget(t, paper)
	page := &db.NoteContext{ID: "oolong", Title: "Oolong", URL: "https://shop.example/oolong"}
	foreign := &db.NoteContext{ID: "assam", Title: "Assam", URL: "https://shop.example.evil.example/assam"}
	notes := []db.NewNote{{ID: newID(t), Title: "One", Body: "first", Tags: []string{"tea"}, Pinned: true}, {ID: newID(t), Body: "second", Context: page}, {ID: newID(t), Body: "third", Context: foreign}}
	for range 2 {
		made, err := d.DB.ImportNotes(t.Context(), alice.Account.Owner(), shop.Key, notes)
		must(t, err)
		if len(made) != 3 || made[0].ID != notes[0].ID || made[0].TenantKey != shop.Key || made[0].Version != 1 {
			t.Fatalf("imported %+v", made)
		}
	}
	found, _, err := d.DB.Notes(t.Context(), widget.Owner(), db.NotesQuery{First: 10})
	must(t, err)
	if len(found) != 3 {
		t.Fatalf("the widget has %d notes", len(found))
	}
	read, err := d.DB.Note(t.Context(), widget.Owner(), notes[1].ID)
	must(t, err)
	if read.Body != "second" || read.Context == nil || *read.Context != *page {
		t.Errorf("read %+v", read)
	}
	read, err = d.DB.Note(t.Context(), widget.Owner(), notes[2].ID)
	must(t, err)
	if read.Context == nil || *read.Context != (db.NoteContext{ID: "assam", Title: "Assam"}) {
		t.Errorf("a page elsewhere came as %+v", read.Context)
	}

	// Only at tenants that the person allows, only with an account session, and no id of a note at another tenant.
	for _, tenant := range []string{paper.Key, "t_unknown", ""} {
		if _, err := d.DB.ImportNotes(t.Context(), alice.Account.Owner(), tenant, []db.NewNote{{Title: "no"}}); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("at %q: %v", tenant, err)
		}
	}
	if _, err := d.DB.ImportNotes(t.Context(), widget.Owner(), shop.Key, []db.NewNote{{Title: "no"}}); !db.IsCode(err, db.CodeForbidden) {
		t.Errorf("by a widget: %v", err)
	}
	alice.Widget(t, paper)
	if _, err := d.DB.ImportNotes(t.Context(), alice.Account.Owner(), paper.Key, notes[:1]); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("with the id of a note at another tenant: %v", err)
	}
	if _, err := d.DB.ImportNotes(t.Context(), alice.Account.Owner(), shop.Key, make([]db.NewNote, db.MaxImported+1)); !isInvalid(err, "notes") {
		t.Errorf("too many: %v", err)
	}
	must(t, d.DB.WithdrawConsent(t.Context(), alice.Account, shop.Key))
	if _, err := d.DB.ImportNotes(t.Context(), alice.Account.Owner(), shop.Key, []db.NewNote{{Title: "no"}}); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("after the consent was withdrawn: %v", err)
	}
}

// The space of an owner is the same for notes that are imported.
func TestImportedNotesFitIntoTheOwnersSpace(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	alice.Widget(t, shop)
	limits := db.DefaultLimits
	limits.Notes = 1
	small := d.Node(t, db.Options{MaxConns: 4, Limits: limits})
	_, err := small.ImportNotes(t.Context(), alice.Account.Owner(), shop.Key, []db.NewNote{{Title: "one"}, {Title: "two"}})
	if refusal := (*db.Error)(nil); !errors.As(err, &refusal) || refusal.Field != "body" || refusal.Reason != "out_of_space" {
		t.Errorf("a second note where one fits: %v", err)
	}
}

func newID(t *testing.T) uuid.UUID {
	t.Helper()
	id, err := uuid.NewV7()
	must(t, err)
	return id
}
