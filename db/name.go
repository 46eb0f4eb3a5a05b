package db

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"github.com/company-a/aside/db/seal"
)

// CheckName trims a name of a person or a thing and returns it, or CodeInvalid unless it is a single line of 1 to 80 characters.
func CheckName(field, name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); !validText(name) || n < 1 || n > 80 {
		return "", invalid(field, "A name must be a single line of 1 to 80 characters.")
	}
	if strings.ContainsFunc(name, forbiddenInName) {
		return "", invalid(field, errForbiddenInName)
	}
	return name, nil
}

const errForbiddenInName = "A name must be a single line without control or text-direction characters."

// forbiddenInName reports whether a name must not contain a character: a control character, or one
// that changes the direction of the text around it (UAX #9, explicit formatting), so that a name looks
// like another one. Names in right-to-left scripts need none of those.
func forbiddenInName(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// The sealed fields that hold a name.
const (
	userName    seal.Field = "users.sealed_name"
	passkeyName seal.Field = "passkeys.sealed_name"
)

// A storedName is the name of a person or a passkey as stored in a row: sealed, or in the clear while
// nodes of older releases run.
type storedName struct {
	plaintext    *string
	sealed, hash []byte
}

// storeName returns a name as stored in a row of f.
func (d *DB) storeName(key seal.Key, f seal.Field, row uuid.UUID, name string) storedName {
	if d.storesPlaintext() {
		return storedName{plaintext: &name}
	}
	return storedName{sealed: f.Seal(key, "", row[:], name), hash: d.nameHash(name)}
}

// openName reverses storeName. If there are two names, the one in the clear is newer, because sealing clears it.
func (d *DB) openName(ctx context.Context, key seal.Key, f seal.Field, row uuid.UUID, stored storedName) (name string, err error) {
	if stored.plaintext != nil && (*stored.plaintext != "" || stored.sealed == nil) {
		return *stored.plaintext, nil
	}
	err = f.Open(key, "", row[:], stored.sealed, &name)
	return name, d.auditUnsealedField(ctx, err, f, "", row[:])
}

// openUserName is openName for a person, with a data key that is still wrapped.
func (d *DB) openUserName(ctx context.Context, user uuid.UUID, stored storedName, dataKey []byte) (string, error) {
	if stored.sealed == nil && stored.plaintext != nil {
		return *stored.plaintext, nil
	}
	key, err := d.dataKey(ctx, user, dataKey)
	if err != nil {
		return "", err
	}
	return d.openName(ctx, key, userName, user, stored)
}

// nameOf returns a person's display name.
func (d *DB) nameOf(ctx context.Context, tx authorityTx, user uuid.UUID) (string, error) {
	var name storedName
	var dataKey []byte
	err := tx.NewRaw(`SELECT display_name, sealed_name, data_key FROM users WHERE id = ?`, user).Scan(ctx, &name.plaintext, &name.sealed, &dataKey)
	if err != nil {
		return "", ifNoRows(err, errNotFound)
	}
	return d.openUserName(ctx, user, name, dataKey)
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
