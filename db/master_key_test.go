package db_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

func newKeyring(t *testing.T) (*seal.Keyring, []byte) {
	t.Helper()
	master := make([]byte, seal.KeySize)
	_, _ = rand.Read(master)
	k, err := seal.NewKeyring(master)
	if err != nil {
		t.Fatal(err)
	}
	return k, master
}

func TestANodeWithoutTheMasterKeyDoesNotStart(t *testing.T) {
	d := dbtest.New(t)
	d.Person(t, "Alice")
	other, fresh := newKeyring(t)
	if _, err := db.Open(t.Context(), d.URL, other, db.Options{}); !errors.Is(err, db.ErrMasterKey) {
		t.Errorf("it starts with another key: %v", err)
	}
	both, err := seal.NewKeyring(fresh, d.Master)
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
