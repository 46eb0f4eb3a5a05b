package db_test

import (
	"errors"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The commands of docs/operating.md restore a backup into an empty database. With the master key the service is then as
// before, including row-level security.
func TestABackupIsRestored(t *testing.T) {
	d := dbtest.New(t)
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	shop := d.Tenant(t, "Shop")
	token := alice.WidgetToken(t, shop)
	session, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
	must(t, err)
	note, err := d.DB.CreateNote(t.Context(), session.Owner(), db.NewNote{Title: "Oolong", Body: "spring harvest"})
	must(t, err)
	stranger := bob.WidgetToken(t, shop)

	url := dbtest.Restore(t, d.Dump(t, "--format=custom"))
	applied, err := db.Migrate(t.Context(), url)
	if err != nil || len(applied) > 0 {
		t.Errorf("it is not up to date: %v, %v", applied, err)
	}
	other, _ := newKeyring(t)
	if _, err := db.Open(t.Context(), url, other, db.Options{}); !errors.Is(err, db.ErrMasterKey) {
		t.Errorf("another master key opens it: %v", err)
	}
	restored := (&dbtest.Database{Keys: d.Keys, URL: url}).Node(t, db.Options{})
	again, err := restored.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
	must(t, err)
	if got, err := restored.Note(t.Context(), again.Owner(), note.ID); err != nil || got == nil || got.Body != "spring harvest" {
		t.Errorf("the note is %+v, %v", got, err)
	}
	foreign, err := restored.LookUpSession(t.Context(), db.Token{Hash: stranger}, dbtest.Key)
	must(t, err)
	if got, err := restored.Note(t.Context(), foreign.Owner(), note.ID); got != nil {
		t.Errorf("a stranger is shown %+v, %v", got, err)
	}
	if _, err := restored.CreateNote(t.Context(), again.Owner(), db.NewNote{Title: "Sencha"}); err != nil {
		t.Errorf("nothing can be written any more: %v", err)
	}
}
