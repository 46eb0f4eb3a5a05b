package db_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// BenchmarkNote measures what a widget does most: it reads one note, reads the first page, changes a note and creates one. Each
// owner has 100 notes.
func BenchmarkNote(b *testing.B) {
	d := dbtest.Open(b, dbtest.NewURL(b), db.Options{MaxConns: 4})
	shop := d.Tenant(b, "Shop")
	var owner db.Owner
	var ids []uuid.UUID
	for range 20 {
		owner = d.Person(b, "Somebody").Widget(b, shop).Owner()
		ids = nil
		for range 100 {
			n, err := d.DB.CreateNote(b.Context(), owner, db.NewNote{Title: "a title", Body: "a note of some length, as people write them"})
			if err != nil {
				b.Fatal(err)
			}
			ids = append(ids, n.ID)
		}
	}
	d.Exec(b, `ANALYZE`)
	b.Run("one", func(b *testing.B) {
		for i := range b.N {
			if _, err := d.DB.Note(b.Context(), owner, ids[i%len(ids)]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("first page", func(b *testing.B) {
		for range b.N {
			if page, _, err := d.DB.Notes(b.Context(), owner, db.NotesQuery{First: 20}); err != nil || len(page) != 20 {
				b.Fatal(len(page), err)
			}
		}
	})
	versions := map[uuid.UUID]int{}
	for _, id := range ids {
		versions[id] = 1
	}
	b.Run("update", func(b *testing.B) {
		for i := range b.N {
			id := ids[i%len(ids)]
			body := fmt.Sprintf("a note of some length, as people write them, %d", versions[id])
			n, err := d.DB.UpdateNote(b.Context(), owner, db.NoteChange{ID: id, Version: versions[id], Body: &body})
			if err != nil {
				b.Fatal(err)
			}
			versions[id] = n.Version
		}
	})
	b.Run("create", func(b *testing.B) {
		for range b.N {
			n, err := d.DB.CreateNote(b.Context(), owner, db.NewNote{Title: "a title", Body: "a note"})
			if err != nil {
				b.Fatal(err)
			}
			if err := d.DB.DeleteNote(b.Context(), owner, n.ID); err != nil { // so that all are created among as many
				b.Fatal(err)
			}
		}
	})
}
