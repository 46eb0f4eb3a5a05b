package db

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"github.com/company-a/aside/db/seal"
)

// The sealed fields that hold a name.
const (
	userName    seal.Field = "users.sealed_name"
	passkeyName seal.Field = "passkeys.sealed_name"
)

// A storedName is the name of a person, or of a passkey, as a row holds it: sealed, or in the clear
// while older releases serve.
type storedName struct {
	clear        *string
	sealed, hash []byte
}

// storeName returns a name as a row of f holds it.
func (d *DB) storeName(key seal.Key, f seal.Field, row uuid.UUID, name string) storedName {
	if d.inTheClear() {
		return storedName{clear: &name}
	}
	return storedName{sealed: f.Seal(key, "", row[:], name), hash: d.nameHash(name)}
}

// openName undoes storeName. A name in the clear is the newer one: sealing clears it.
func (d *DB) openName(ctx context.Context, key seal.Key, f seal.Field, row uuid.UUID, stored storedName) (name string, err error) {
	if stored.clear != nil && (*stored.clear != "" || stored.sealed == nil) {
		return *stored.clear, nil
	}
	err = f.Open(key, "", row[:], stored.sealed, &name)
	return name, d.auditUnsealedField(ctx, err, f, "", row[:])
}

// openUserName is openName for a person when the data key is still wrapped.
func (d *DB) openUserName(ctx context.Context, user uuid.UUID, stored storedName, dataKey []byte) (string, error) {
	if stored.sealed == nil && stored.clear != nil {
		return *stored.clear, nil
	}
	key, err := d.dataKey(ctx, user, dataKey)
	if err != nil {
		return "", err
	}
	return d.openName(ctx, key, userName, user, stored)
}

// dataKey opens a person's data key.
func (d *DB) dataKey(ctx context.Context, user uuid.UUID, wrapped []byte) (seal.Key, error) {
	key, err := d.keys.OpenDataKey(ctx, user, wrapped)
	return key, d.auditUnsealed(ctx, err, Event{Target: "data key of " + user.String()})
}

// nameHash finds the people who have a name.
func (d *DB) nameHash(name string) []byte { return d.keys.MAC("kept name", []byte(fold(name))) }

// fold returns the form of a name by which it is kept: in lower case and composed. What was kept is found by it, so it stays as it
// is; searches compare by letters.
func fold(s string) string {
	s = strings.ToLower(s)
	if norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}
