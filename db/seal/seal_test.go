package seal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/uuid"

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

// Texts that an Opener opens one after the other have tags of their own, and a text without any has an empty list.
func TestAnOpenersTextsShareNoTags(t *testing.T) {
	keys, _ := newKeyring(t)
	person := uuid.New()
	_, wrapped, err := keys.NewDataKey(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.OpenDataKey(t.Context(), person, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	o := seal.Opener{Key: key}
	var want, got []seal.Text
	for n := range 70 {
		text := seal.Text{Title: "Milk", Tags: []string{}}
		for i := range n % 9 {
			text.Tags = append(text.Tags, fmt.Sprintf("%d of %d", i, n))
		}
		at := seal.Place{User: person, Note: uuid.New(), Version: n}
		opened, err := o.OpenText(at, key.SealText(at, text))
		if err != nil {
			t.Fatal(err)
		}
		opened.Tags = append(opened.Tags, "a further one") // which must not reach the next text
		text.Tags = append(text.Tags, "a further one")
		want, got = append(want, text), append(got, opened)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("opened %+v, want %+v", got, want)
	}
	at := seal.Place{User: person, Version: 1}
	if opened, err := (&seal.Opener{Key: key}).OpenText(at, key.SealText(at, seal.Text{})); err != nil || opened.Tags == nil {
		t.Errorf("without tags: %+v, %v", opened, err)
	}
}

func TestSealedTextOpensOnlyInItsPlace(t *testing.T) {
	keys, master := newKeyring(t)
	alice, bob, note := uuid.New(), uuid.New(), uuid.New()
	_, wrapped, err := keys.NewDataKey(t.Context(), alice)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.OpenDataKey(t.Context(), alice, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	want := seal.Text{Title: "Milk", Body: "two bottles\n", Tags: []string{"shop", "ö"}}
	sealed := key.SealText(seal.Place{User: alice, Tenant: "t_shop", Note: note, Version: 3}, want)
	if got, err := key.OpenText(seal.Place{User: alice, Tenant: "t_shop", Note: note, Version: 3}, sealed); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("opened %+v, %v", got, err)
	}

	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, seal.ErrUnsealed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = key.OpenText(seal.Place{User: bob, Tenant: "t_shop", Note: note, Version: 3}, sealed)
	refused("moved to another person", err)
	_, err = key.OpenText(seal.Place{User: alice, Tenant: "t_shop", Note: uuid.New(), Version: 3}, sealed)
	refused("moved to another note", err)
	_, err = key.OpenText(seal.Place{User: alice, Tenant: "t_shop", Note: note, Version: 2}, sealed)
	refused("put back to an older version", err)
	_, err = key.OpenText(seal.Place{User: alice, Tenant: "t_paper", Note: note, Version: 3}, sealed)
	refused("moved to another tenant", err)
	for i := range sealed {
		altered := bytes.Clone(sealed)
		altered[i] ^= 1
		_, err = key.OpenText(seal.Place{User: alice, Tenant: "t_shop", Note: note, Version: 3}, altered)
		refused("a flipped bit", err)
		_, err = key.OpenText(seal.Place{User: alice, Tenant: "t_shop", Note: note, Version: 3}, sealed[:i])
		refused("cut short", err)
	}
	_, err = keys.OpenDataKey(t.Context(), bob, wrapped)
	refused("another person's data key", err)
	other, _ := newKeyring(t)
	_, err = other.OpenDataKey(t.Context(), alice, wrapped)
	refused("another master key", err)

	// After a change of the master key, the old one still unwraps what it wrapped.
	fresh := make([]byte, seal.KeySize)
	_, _ = rand.Read(fresh)
	rotated, err := seal.NewKeyring(fresh, master)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rotated.OpenDataKey(t.Context(), alice, wrapped); err != nil {
		t.Errorf("after rotation: %v", err)
	}
}
