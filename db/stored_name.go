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

// A storedName is the name of a person or a passkey as stored in a row: sealed, or in the clear while
// nodes of older releases run.
type storedName struct {
	clear        *string
	sealed, hash []byte
}

// storeName returns a name as stored in a row of f.
func (d *DB) storeName(key seal.Key, f seal.Field, row uuid.UUID, name string) storedName {
	if d.inTheClear() {
		return storedName{clear: &name}
	}
	return storedName{sealed: f.Seal(key, "", row[:], name), hash: d.nameHash(name)}
}

// openName reverses storeName. If there are two names, the one in the clear is newer, because sealing clears it.
func (d *DB) openName(ctx context.Context, key seal.Key, f seal.Field, row uuid.UUID, stored storedName) (name string, err error) {
	if stored.clear != nil && (*stored.clear != "" || stored.sealed == nil) {
		return *stored.clear, nil
	}
	err = f.Open(key, "", row[:], stored.sealed, &name)
	return name, d.auditUnsealedField(ctx, err, f, "", row[:])
}

// openUserName is openName for a person, with a data key that is still wrapped.
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

// nameHash returns the hash by which people are found by name.
func (d *DB) nameHash(name string) []byte { return d.keys.MAC("kept name", []byte(fold(name))) }

// fold returns the form of a name that is hashed: lower case and composed. It must never change,
// because stored hashes depend on it. Searches compare by letters instead.
func fold(s string) string {
	s = strings.ToLower(s)
	if norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}
