package db_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestSessionsAreListedWhileTheyLive(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	widget := alice.Widget(t, shop)
	bob.Widget(t, shop)
	list, err := d.DB.Sessions(t.Context(), alice.ID)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d sessions, %v", len(list), err)
	}
	for _, s := range list {
		want := alice.Account
		if s.Kind == db.SessionWidget {
			want = widget
		}
		if s.ID != want.ID || s.TenantKey != want.TenantKey || s.EmbedOrigin != want.EmbedOrigin || !s.ExpiresAt.Equal(want.ExpiresAt) {
			t.Errorf("listed as %+v, it is %+v", s, want)
		}
		if _, err := d.DB.Note(t.Context(), s.Owner(), uuid.New()); !errors.Is(err, db.ErrNoOwner) {
			t.Errorf("a listed session opens notes: %v", err)
		}
	}
	for _, ending := range []string{
		`UPDATE sessions SET revoked_at = now() WHERE kind = 'WIDGET'`,
		`UPDATE sessions SET revoked_at = NULL, expires_at = now() WHERE kind = 'WIDGET'`,
		`UPDATE sessions SET expires_at = now() + interval '1 hour', last_used_at = now() - interval '2 hours', idle_until = now() - interval '2 hours' + idle_timeout WHERE kind = 'WIDGET'`,
	} {
		d.Exec(t, ending)
		if list, err := d.DB.Sessions(t.Context(), alice.ID); err != nil || len(list) != 1 || list[0].Kind != db.SessionAccount {
			t.Errorf("after %s: %d sessions, %v", ending, len(list), err)
		}
	}
}

func TestForeignSessionIsNotFound(t *testing.T) {
	d := dbtest.New(t)
	alice, mallory := d.Person(t, "Alice"), d.Person(t, "Mallory")
	for _, id := range []uuid.UUID{alice.Account.ID, uuid.New(), uuid.Nil} {
		if err := d.DB.RevokeSession(t.Context(), mallory.Account, id); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("revoke: %v", err)
		}
	}
	if n, err := d.DB.RevokeOtherSessions(t.Context(), mallory.Account); n != 0 || err != nil {
		t.Errorf("%d others, %v", n, err)
	}
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: alice.Cookie}, ""); err != nil {
		t.Errorf("Alice's session: %v", err)
	}
}

// Revoking an account session ends its grants and invalidates unredeemed codes.
func TestRevokingASession(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	alice := d.Person(t, "Alice")
	own := alice.WidgetToken(t, shop)
	other, otherCookie := signIn(t, d, alice, passkeys(t, d, alice)[0])
	elsewhere := *alice
	elsewhere.Account = other
	granted := elsewhere.WidgetToken(t, shop)
	live := func(token db.TokenHash, jkt string) bool {
		_, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, jkt)
		return err == nil
	}
	if err := d.DB.RevokeSession(t.Context(), alice.Account, other.ID); err != nil {
		t.Fatal(err)
	}
	if live(otherCookie, "") || live(granted, dbtest.Key) {
		t.Error("the session that was revoked, or what it granted, lives on")
	}
	if !live(alice.Cookie, "") || !live(own, dbtest.Key) {
		t.Error("another session ended too")
	}
	if err := d.DB.RevokeSession(t.Context(), alice.Account, other.ID); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("once more: %v", err)
	}
	if n, err := d.DB.RevokeOtherSessions(t.Context(), alice.Account); err != nil || n != 1 || live(own, dbtest.Key) || !live(alice.Cookie, "") {
		t.Errorf("%d others ended, %v", n, err)
	}
	if err := d.DB.RevokeSession(t.Context(), alice.Account, alice.Account.ID); err != nil || live(alice.Cookie, "") {
		t.Errorf("signing out: %v", err)
	}
	if n, err := d.DB.RevokeOtherSessions(t.Context(), alice.Account); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("by a session that has ended: %d, %v", n, err)
	}
}

// Another node refuses a revoked session at its next lookup. Even before that, a cached session reads no note.
func TestRevocationReachesOtherNodes(t *testing.T) {
	d := dbtest.New(t)
	node := d.Node(t, db.Options{MaxConns: 2, SessionCache: time.Hour}) // its session cache doesn't expire
	alice := d.Person(t, "Alice")
	token := alice.WidgetToken(t, d.Tenant(t, "Shop"))
	remembered, err := node.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.DB.RevokeOtherSessions(t.Context(), alice.Account); err != nil {
		t.Fatal(err)
	}
	if _, _, err := node.Notes(t.Context(), remembered.Owner(), db.NotesQuery{First: 1}); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("a remembered session lists notes: %v", err)
	}
	if _, err := node.CreateNote(t.Context(), remembered.Owner(), db.NewNote{Title: "late"}); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("a remembered session writes: %v", err)
	}
}
