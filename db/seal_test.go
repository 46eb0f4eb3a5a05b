package db_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func newKeyring(t *testing.T) (*db.Keyring, []byte) {
	t.Helper()
	master := make([]byte, db.KeySize)
	_, _ = rand.Read(master)
	k, err := db.NewKeyring(master)
	if err != nil {
		t.Fatal(err)
	}
	return k, master
}

func TestSealedTextOpensOnlyInItsPlace(t *testing.T) {
	keys, master := newKeyring(t)
	alice, bob, note := uuid.New(), uuid.New(), uuid.New()
	wrapped, err := keys.NewDataKey(alice)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.Unwrap(alice, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	want := db.Text{Title: "Milk", Body: "two bottles\n", Tags: []string{"shop", "ö"}}
	sealed := db.SealText(key, db.Place(alice, "t_shop", note, 3), want)
	if got, err := db.OpenText(key, db.Place(alice, "t_shop", note, 3), sealed); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("opened %+v, %v", got, err)
	}

	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, db.ErrUnsealed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = db.OpenText(key, db.Place(bob, "t_shop", note, 3), sealed)
	refused("moved to another person", err)
	_, err = db.OpenText(key, db.Place(alice, "t_shop", uuid.New(), 3), sealed)
	refused("moved to another note", err)
	_, err = db.OpenText(key, db.Place(alice, "t_shop", note, 2), sealed)
	refused("put back to an older version", err)
	_, err = db.OpenText(key, db.Place(alice, "t_paper", note, 3), sealed)
	refused("moved to another tenant", err)
	for i := range sealed {
		altered := bytes.Clone(sealed)
		altered[i] ^= 1
		_, err = db.OpenText(key, db.Place(alice, "t_shop", note, 3), altered)
		refused("a flipped bit", err)
		_, err = db.OpenText(key, db.Place(alice, "t_shop", note, 3), sealed[:i])
		refused("cut short", err)
	}
	_, err = keys.Unwrap(bob, wrapped)
	refused("another person's data key", err)
	other, _ := newKeyring(t)
	_, err = other.Unwrap(alice, wrapped)
	refused("another master key", err)

	// After a change of the master key the old one still opens what it wrapped.
	fresh := make([]byte, db.KeySize)
	_, _ = rand.Read(fresh)
	rotated, err := db.NewKeyring(fresh, master)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rotated.Unwrap(alice, wrapped); err != nil {
		t.Errorf("after rotation: %v", err)
	}
}

func TestANodeWithoutTheMasterKeyDoesNotStart(t *testing.T) {
	d := dbtest.New(t)
	d.Person(t, "Alice")
	other, fresh := newKeyring(t)
	if _, err := db.Open(t.Context(), d.URL, other, db.Options{}); !errors.Is(err, db.ErrMasterKey) {
		t.Errorf("it starts with another key: %v", err)
	}
	both, err := db.NewKeyring(fresh, d.Master)
	if err != nil {
		t.Fatal(err)
	}
	node, err := db.Open(t.Context(), d.URL, both, db.Options{})
	if err != nil {
		t.Fatalf("with the old key beside the new one: %v", err)
	}
	node.Close()
}

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
