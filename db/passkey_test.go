package db_test

import (
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// newPasskey returns a new random passkey.
func newPasskey() db.Passkey {
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	return db.Passkey{CredentialID: id, PublicKey: []byte{1}, AAGUID: make([]byte, 16), Transports: []string{"internal"}}
}

func addPasskey(t *testing.T, d *dbtest.Database, s *db.Session) uuid.UUID {
	t.Helper()
	id, err := d.DB.AddPasskey(t.Context(), s, newPasskey())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// signIn signs p in with one of their passkeys in another browser.
func signIn(t *testing.T, d *dbtest.Database, p *dbtest.Person, passkey db.Passkey) (*db.Session, db.TokenHash) {
	t.Helper()
	var token db.TokenHash
	_, _ = rand.Read(token[:])
	if err := d.DB.SignIn(t.Context(), p.ID, passkey, db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour}, nil); err != nil {
		t.Fatal(err)
	}
	s, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, "")
	if err != nil {
		t.Fatal(err)
	}
	return s, token
}

func passkeys(t *testing.T, d *dbtest.Database, p *dbtest.Person) []db.Passkey {
	t.Helper()
	list, err := d.DB.Passkeys(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestOnlyOnePasskey(t *testing.T) {
	d := dbtest.New(t)
	alice, other := d.Person(t, "Alice"), d.Person(t, "Mallory")
	addPasskey(t, d, other.Account)
	check := func(want bool, state string) {
		t.Helper()
		if only, err := d.DB.OnlyOnePasskey(t.Context(), alice.ID); err != nil || only != want {
			t.Errorf("%s: %v, %v", state, only, err)
		}
	}
	check(true, "one passkey")
	second := addPasskey(t, d, alice.Account)
	check(false, "two passkeys")
	if err := d.DB.DeletePasskey(t.Context(), alice.Account, second); err != nil {
		t.Fatal(err)
	}
	check(true, "one of two is left")
	makeCodes(t, d, alice)
	check(false, "recovery codes")
}

func TestForeignPasskeyIsNotFound(t *testing.T) {
	d := dbtest.New(t)
	alice, mallory := d.Person(t, "Alice"), d.Person(t, "Mallory")
	addPasskey(t, d, alice.Account)
	addPasskey(t, d, mallory.Account)
	alices := passkeys(t, d, alice)[0]
	for _, id := range []uuid.UUID{alices.ID, uuid.New(), uuid.Nil} {
		if _, err := d.DB.RenamePasskey(t.Context(), mallory.Account, id, "mine"); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("rename: %v", err)
		}
		if err := d.DB.DeletePasskey(t.Context(), mallory.Account, id); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("delete: %v", err)
		}
	}
	if err := d.DB.Confirm(t.Context(), mallory.Account, alices); !errors.Is(err, db.ErrUnknownPasskey) {
		t.Errorf("confirm: %v", err)
	}
	if got := passkeys(t, d, alice); len(got) != 2 || got[0].Name != "" || got[0].LastUsedAt != nil {
		t.Errorf("Alice has %+v", got)
	}
}

func TestDeletePasskeyNeedsConfirmation(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	id := addPasskey(t, d, alice.Account)
	d.Exec(t, `UPDATE sessions SET confirmed_at = now() - interval '5 minutes'`)
	if err := d.DB.DeletePasskey(t.Context(), alice.Account, id); !errors.Is(err, db.ErrUnconfirmed) {
		t.Errorf("five minutes later: %v", err)
	}
	if err := d.DB.Confirm(t.Context(), alice.Account, passkeys(t, d, alice)[0]); err != nil {
		t.Fatal(err)
	}
	if err := d.DB.DeletePasskey(t.Context(), alice.Account, id); err != nil {
		t.Errorf("confirmed: %v", err)
	}
}

// Deleting a passkey ends the sessions that rest on it and their grants. Sessions on other passkeys stay.
func TestSessionsEndWithTheirPasskey(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	first := passkeys(t, d, alice)[0]
	second := addPasskey(t, d, alice.Account)
	byFirst := alice.WidgetToken(t, shop)
	lost, lostCookie := signIn(t, d, alice, passkeys(t, d, alice)[1])
	moved, movedCookie := signIn(t, d, alice, passkeys(t, d, alice)[1])
	if err := d.DB.Confirm(t.Context(), moved, first); err != nil { // now rests on the first passkey
		t.Fatal(err)
	}
	thief := *alice
	thief.Account = lost
	bySecond := thief.WidgetToken(t, shop)
	bobs := bob.WidgetToken(t, shop)

	if err := d.DB.DeletePasskey(t.Context(), alice.Account, second); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]struct {
		token db.TokenHash
		jkt   string
		live  bool
	}{
		"the session that deleted it":               {alice.Cookie, "", true},
		"a widget that this one granted":            {byFirst, dbtest.Key, true},
		"a session that was confirmed with another": {movedCookie, "", true},
		"the session that it opened":                {lostCookie, "", false},
		"a widget which that one granted":           {bySecond, dbtest.Key, false},
		"somebody else's session":                   {bobs, dbtest.Key, true},
	} {
		_, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: s.token}, s.jkt)
		if live := err == nil; live != s.live || (!live && !errors.Is(err, db.ErrNoSession)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheLastPasskeyStays(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	if err := d.DB.DeletePasskey(t.Context(), alice.Account, passkeys(t, d, alice)[0].ID); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the last one: %v", err)
	}
	// Two simultaneous deletions can't remove both passkeys.
	addPasskey(t, d, alice.Account)
	phone, _ := signIn(t, d, alice, passkeys(t, d, alice)[1])
	both := passkeys(t, d, alice)
	var all sync.WaitGroup
	for i, s := range []*db.Session{alice.Account, phone} {
		all.Go(func() {
			// Each session deletes the passkey of the other session.
			if err := d.DB.DeletePasskey(t.Context(), s, both[1-i].ID); err != nil && !db.IsCode(err, db.CodeConflict) && !errors.Is(err, db.ErrNoSession) {
				t.Logf("delete: %v", err) // PostgreSQL may resolve a deadlock by failing one of them
			}
		})
	}
	all.Wait()
	if got := passkeys(t, d, alice); len(got) == 0 {
		t.Error("both passkeys are gone")
	}
}

func TestPasskeyNames(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	id := passkeys(t, d, alice)[0].ID
	p, err := d.DB.RenamePasskey(t.Context(), alice.Account, id, "  My phone ")
	if err != nil || p.Name != "My phone" || p.ID != id || p.CreatedAt.IsZero() {
		t.Errorf("%+v, %v", p, err)
	}
	for _, name := range []string{"", " ", "two\nlines", "nul\x00", "\xff", string(make([]rune, 81))} {
		if _, err := d.DB.RenamePasskey(t.Context(), alice.Account, id, name); !db.IsCode(err, db.CodeInvalid) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := d.DB.RenameUser(t.Context(), alice.Account, name); !db.IsCode(err, db.CodeInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestPasskeysPerAccountAreLimited(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	for range 29 {
		addPasskey(t, d, alice.Account)
	}
	if _, err := d.DB.AddPasskey(t.Context(), alice.Account, newPasskey()); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the 31st: %v", err)
	}
}

// A session that ended after its lookup can't change anything.
func TestAnEndedSessionChangesNothing(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	only := passkeys(t, d, alice)[0]
	shop := d.Tenant(t, "Shop")
	invitation, _, err := d.DB.Invite(t.Context(), db.Operator(shop.Key), db.RoleOwner)
	must(t, err)
	n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "plain"})
	must(t, err)
	beginSealing(t, d, alice)
	d.Exec(t, `UPDATE sessions SET revoked_at = now()`)
	for name, act := range map[string]func() error{
		"adds a passkey":      func() error { _, err := d.DB.AddPasskey(t.Context(), alice.Account, newPasskey()); return err },
		"names a passkey":     func() error { _, err := d.DB.RenamePasskey(t.Context(), alice.Account, only.ID, "mine"); return err },
		"removes a passkey":   func() error { return d.DB.DeletePasskey(t.Context(), alice.Account, only.ID) },
		"confirms itself":     func() error { return d.DB.Confirm(t.Context(), alice.Account, only) },
		"renames the person":  func() error { _, err := d.DB.RenameUser(t.Context(), alice.Account, "Mallory"); return err },
		"makes codes":         func() error { _, err := d.DB.RegenerateRecoveryCodes(t.Context(), alice.Account); return err },
		"stores codes":        func() error { return d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, browserCodes(1, true)) },
		"turns encryption on": func() error { return begin(t, d, alice, 2) },
		"ends a conversion": func() error {
			_, err := d.DB.SetSealing(t.Context(), alice.Account, db.SealingChange{To: db.SealingEndToEnd, Generation: 1})
			return err
		},
		"converts notes": func() error {
			_, err := d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{converted(n, "a")})
			return err
		},
		"ends a session":   func() error { return d.DB.RevokeSession(t.Context(), alice.Account, alice.Account.ID) },
		"ends the others":  func() error { _, err := d.DB.RevokeOtherSessions(t.Context(), alice.Account); return err },
		"unlinks":          func() error { return d.DB.Unlink(t.Context(), alice.Account, only.ID) },
		"makes a tenant":   func() error { _, err := d.DB.CreateTenantFor(t.Context(), alice.Account, "Hers"); return err },
		"becomes a member": func() error { _, err := d.DB.AcceptInvitation(t.Context(), alice.Account, invitation); return err },
		"exports": func() error {
			before := *alice.Account
			before.Sealing = db.SealingServer
			_, err := d.DB.NewArchive(t.Context(), &before)
			return err
		},
		"deletes it all": func() error { return d.DB.DeleteAccount(t.Context(), alice.Account) },
	} {
		if err := act(); !errors.Is(err, db.ErrNoSession) {
			t.Errorf("it %s: %v", name, err)
		}
	}
}
