package db_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestNoteLife(t *testing.T) {
	d := dbtest.New(t)
	ctx, owner := t.Context(), d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()

	n, err := d.DB.CreateNote(ctx, owner, db.NewNote{Title: "Milk", Body: "two bottles", Tags: []string{"shop", " shop ", "home"}})
	if err != nil {
		t.Fatal(err)
	}
	if n.Version != 1 || len(n.Tags) != 2 || n.CreatedAt.IsZero() {
		t.Fatalf("created %+v", n)
	}

	title := "Oat milk"
	changed, err := d.DB.UpdateNote(ctx, owner, db.NoteChange{ID: n.ID, Version: 1, Title: &title})
	if err != nil || changed.Version != 2 || changed.Title != title || changed.Body != n.Body {
		t.Fatalf("updated %+v, %v", changed, err)
	}

	other := "Soy milk"
	_, err = d.DB.UpdateNote(ctx, owner, db.NoteChange{ID: n.ID, Version: 1, Title: &other})
	var conflict *db.Error
	if !errors.As(err, &conflict) || conflict.Code != db.CodeConflict || conflict.Current.Title != title {
		t.Fatalf("a stale update: %v", err)
	}

	if trashed, err := d.DB.TrashNote(ctx, owner, n.ID); err != nil || trashed.TrashedAt == nil {
		t.Fatalf("trashed %+v, %v", trashed, err)
	}
	if list, _, err := d.DB.Notes(ctx, owner, db.NotesQuery{First: 10}); err != nil || len(list) != 0 {
		t.Fatalf("after trashing: %v, %v", list, err)
	}
	if list, _, err := d.DB.Notes(ctx, owner, db.NotesQuery{First: 10, Trashed: true}); err != nil || len(list) != 1 {
		t.Fatalf("the trash: %v, %v", list, err)
	}
	if restored, err := d.DB.RestoreNote(ctx, owner, n.ID); err != nil || restored.TrashedAt != nil {
		t.Fatalf("restored %+v, %v", restored, err)
	}
	if err := d.DB.DeleteNote(ctx, owner, n.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DB.Note(ctx, owner, n.ID); !db.IsCode(err, db.CodeNotFound) {
		t.Fatalf("a deleted note: %v", err)
	}
	if _, err := d.DB.CreateNote(ctx, owner, db.NewNote{ID: n.ID}); !db.IsCode(err, db.CodeConflict) {
		t.Fatalf("a deleted note's id is taken again: %v", err)
	}
}

func TestCreateNoteTwice(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	id := uuid.Must(uuid.NewV7())
	note := db.NewNote{ID: id, Title: "Mine", Tags: []string{"a"}}

	first, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), note)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), note)
	if err != nil || !again.CreatedAt.Equal(first.CreatedAt) {
		t.Errorf("a retry: %+v, %v", again, err)
	}
	note.Title = "Other"
	if _, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), note); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("other content under the same id: %v", err)
	}
	if _, err := d.DB.CreateNote(t.Context(), alice.Widget(t, paper).Owner(), note); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the same person's id at another tenant: %v", err)
	}
	if n, err := d.DB.CreateNote(t.Context(), bob.Widget(t, shop).Owner(), note); err != nil || n.Title != "Other" {
		t.Errorf("another person's use of the id: %+v, %v", n, err)
	}
}

func TestZeroOwnerIsRefused(t *testing.T) {
	d := dbtest.New(t)
	if _, err := d.DB.Note(t.Context(), db.Owner{}, uuid.New()); !errors.Is(err, db.ErrNoOwner) {
		t.Errorf("Note: %v", err)
	}
	if _, _, err := d.DB.Notes(t.Context(), db.Owner{}, db.NotesQuery{First: 1}); !errors.Is(err, db.ErrNoOwner) {
		t.Errorf("Notes: %v", err)
	}
	if _, err := d.DB.CreateNote(t.Context(), db.Owner{}, db.NewNote{}); !errors.Is(err, db.ErrNoOwner) {
		t.Errorf("CreateNote: %v", err)
	}
	if err := d.DB.DeleteNote(t.Context(), db.Owner{}, uuid.New()); !errors.Is(err, db.ErrNoOwner) {
		t.Errorf("DeleteNote: %v", err)
	}
}
