package db_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/internal/secret"
)

// A token's text names its user in encrypted form. A text that was made elsewhere or changed is refused.
func TestTokenNamesItsUser(t *testing.T) {
	d := dbtest.New(t)
	alice, bob := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	random := d.DB.NewTokenSecret()
	text := d.DB.TokenText(random, alice).Reveal()
	want := db.Token{User: alice, Hash: db.HashToken(random.Reveal())}
	for name, node := range map[string]*db.DB{"this node": d.DB, "another node": d.Node(t, db.Options{})} {
		if got, err := node.ParseToken(secret.Of(text)); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if len(text) != 87 || !strings.HasPrefix(text, random.Reveal()) {
		t.Errorf("the text is %q", text)
	}
	if again := d.DB.TokenText(d.DB.NewTokenSecret(), alice).Reveal(); again[44:] == text[44:] {
		t.Error("two tokens of a person can be recognized")
	}

	other, foreign := d.DB.NewTokenSecret(), dbtest.New(t)
	forged := map[string]string{
		"the user of another token": other.Reveal() + text[44:],
		"the secret of another":     random.Reveal() + d.DB.TokenText(other, alice).Reveal()[44:],
		"of another installation":   foreign.DB.TokenText(random, alice).Reveal(),
		"the secret alone":          random.Reveal(),
		"no user":                   random.Reveal() + strings.Repeat("A", 43),
		"not base64url":             text[:86] + "!",
		"not canonical":             text[:86] + string(text[86]+1),
	}
	for i := range text {
		changed := []byte(text)
		if changed[i] = 'A'; text[i] == 'A' {
			changed[i] = 'Q'
		}
		forged["a changed letter "+string(changed)] = string(changed)
	}
	for name, text := range forged {
		if got, err := d.DB.ParseToken(secret.Of(text)); !errors.Is(err, db.ErrNoSession) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	earlier := secret.New()
	if got, err := d.DB.ParseToken(earlier); err != nil || got != (db.Token{Hash: db.HashToken(earlier.Reveal())}) {
		t.Errorf("a token of an earlier release: %v, %v", got, err)
	}
	if d.DB.TokenText(random, bob).Reveal() == text {
		t.Error("two users have one text")
	}
}

// A session is found only by its own user, or without a user.
func TestSessionOfANamedUser(t *testing.T) {
	d := dbtest.New(t)
	alice, bob, shop := d.Person(t, "Alice"), d.Person(t, "Bob"), d.Tenant(t, "Shop")
	token := alice.WidgetToken(t, shop)
	for name, user := range map[string]uuid.UUID{"its user": alice.ID, "no user": uuid.Nil, "another user": bob.ID, "nobody": uuid.New()} {
		named := db.Token{User: user, Hash: token}
		found := user == alice.ID || user == uuid.Nil
		if s, err := d.DB.LookUpSession(t.Context(), named, dbtest.Key); found && (err != nil || s.UserID != alice.ID) || !found && !errors.Is(err, db.ErrNoSession) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		if knows, err := d.DB.KnowsToken(t.Context(), named); err != nil || knows != found {
			t.Errorf("%s: it is known: %v, %v", name, knows, err)
		}
	}
	must(t, d.DB.SignOut(t.Context(), db.Token{User: bob.ID, Hash: token}, ""))
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key); err != nil {
		t.Errorf("after a sign-out of another user: %v", err)
	}
	must(t, d.DB.SignOut(t.Context(), db.Token{User: alice.ID, Hash: token}, ""))
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: alice.Cookie}, ""); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("after a sign-out: %v", err)
	}
}
