package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/feed"
)

// useService uses all of the service on the database at url: it migrates, signs up, signs in, writes, reads, lists, waits for a
// change, counts, limits and deletes.
func useService(t *testing.T, url string) *dbtest.Database {
	t.Helper()
	_, err := db.Migrate(t.Context(), url)
	must(t, err)
	d := dbtest.Open(t, url, db.Options{MaxConns: 4, SessionCache: -1})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); d.DB.Follow(ctx) }()
	defer func() { stop(); <-ended }()

	alice, bob, shop := d.Person(t, "Alice"), d.Person(t, "Bob"), d.Tenant(t, "Shop")
	mine, foreign := alice.Widget(t, shop), bob.Widget(t, shop)
	watch := openWatch(t, d.DB, mine)
	note, err := d.DB.CreateNote(t.Context(), mine.Owner(), db.NewNote{Title: "Sencha \\ 'x' \"y\"", Body: "steep for a minute ☕", Tags: []string{"NULL", "tea"}})
	must(t, err)
	select {
	case change := <-watch.C:
		if change == nil || change.ID != note.ID {
			t.Errorf("the change that is received is %+v", change)
		}
	case <-time.After(time.Minute):
		t.Error("the change is not received")
	}
	watch.Close()
	got, err := d.DB.Note(t.Context(), mine.Owner(), note.ID)
	if err != nil || got == nil || got.Body != note.Body || got.Title != note.Title || len(got.Tags) != 2 || time.Since(got.CreatedAt).Abs() > time.Hour {
		t.Errorf("the note is %+v, %v", got, err)
	}
	for _, of := range []*db.Session{mine, alice.Account, foreign} {
		want := 1
		if of == foreign {
			want = 0
		}
		if notes, _, err := d.DB.Notes(t.Context(), of.Owner(), db.NotesQuery{First: 10}); err != nil || len(notes) != want {
			t.Errorf("%d notes are listed, not %d: %v", len(notes), want, err)
		}
	}
	pinned := true
	if _, err := d.DB.UpdateTenant(t.Context(), db.Operator(shop.Key), db.TenantChange{VouchedAccounts: new(bool), RequireNonce: &pinned}); err != nil {
		t.Error(err)
	}
	must(t, d.DB.FlushUsage(t.Context()))
	must(t, d.DB.Sweep(t.Context()))
	must(t, d.DB.DeleteAccount(t.Context(), alice.Account))
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: alice.Cookie}, ""); err == nil {
		t.Error("a deleted account is signed in")
	}
	return d
}

// openWatch opens a watch once d follows changes.
func openWatch(t *testing.T, d *db.DB, s *db.Session) *feed.Watch {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-tick.C {
		watch, err := d.Watch(s)
		if err == nil {
			return watch
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
