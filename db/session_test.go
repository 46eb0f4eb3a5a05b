package db_test

import (
	"errors"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A cached session reads nothing once it has ended.
func TestCachedSessionOpensNothingAfterItEnded(t *testing.T) {
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 4, SessionCache: time.Hour})
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	token := alice.WidgetToken(t, shop)
	session, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
	if err != nil {
		t.Fatal(err)
	}
	n, err := d.DB.CreateNote(t.Context(), session.Owner(), db.NewNote{Title: "x"})
	if err != nil {
		t.Fatal(err)
	}
	d.Exec(t, `UPDATE sessions SET revoked_at = now()`) // as on another node

	remembered, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
	if err != nil {
		t.Fatalf("not remembered, so this test shows nothing: %v", err)
	}
	if _, err := d.DB.Note(t.Context(), remembered.Owner(), n.ID); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("read: %v", err)
	}
	if _, _, err := d.DB.Notes(t.Context(), remembered.Owner(), db.NotesQuery{First: 1}); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("list: %v", err)
	}
	if err := d.DB.DeleteNote(t.Context(), remembered.Owner(), n.ID); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("delete: %v", err)
	}
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, "another key"); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("proved with another key: %v", err)
	}
}

func TestRevocationOnThisNodeIsImmediate(t *testing.T) {
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 4, SessionCache: time.Hour})
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	token := alice.WidgetToken(t, shop)
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key); err != nil {
		t.Fatal(err)
	}
	if err := d.DB.SignOut(t.Context(), db.Token{Hash: token}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("the widget's session: %v", err)
	}
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: alice.Cookie}, ""); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("the account session that granted it: %v", err)
	}
}

func TestProofIsUsedOnceOnAllNodes(t *testing.T) {
	url := dbtest.NewURL(t)
	d := dbtest.Open(t, url, db.Options{MaxConns: 2})
	node := d.Node(t, db.Options{MaxConns: 2})
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	token := alice.WidgetToken(t, shop)
	proof := db.Proof{ID: db.HashToken("a proof"), Lifetime: time.Minute}
	owner := func(on *db.DB) db.Owner {
		session, err := on.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
		if err != nil {
			t.Fatal(err)
		}
		return session.WithProof(proof).Owner()
	}

	first := owner(d.DB)
	for range 2 { // one request may change several things
		if _, err := d.DB.CreateNote(t.Context(), first, db.NewNote{Title: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	for name, on := range map[string]*db.DB{"the same node": d.DB, "another node": node} {
		if _, err := on.CreateNote(t.Context(), owner(on), db.NewNote{Title: "y"}); !errors.Is(err, db.ErrProofUsed) {
			t.Errorf("replayed at %s: %v", name, err)
		}
	}
	if list, _, err := d.DB.Notes(t.Context(), owner(d.DB), db.NotesQuery{First: 10}); err != nil || len(list) != 2 {
		t.Errorf("%d notes, %v", len(list), err)
	}
}
