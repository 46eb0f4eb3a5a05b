package db

import (
	"context"
	"crypto/cipher"

	"github.com/google/uuid"
)

// Probe runs a query on a serving connection.
func (d *DB) Probe(ctx context.Context, query string, dest ...any) error {
	return d.pool.QueryRow(ctx, query).Scan(dest...)
}

// The seal, for tests that attack it.
type Text = text

var (
	SealText = sealText
	OpenText = openText
)

func Place(user uuid.UUID, tenant string, note uuid.UUID, version int) place {
	return place{user, tenant, note, version}
}

func (k *Keyring) NewDataKey(user [16]byte) ([]byte, error) { return k.newDataKey(user) }

func (k *Keyring) Unwrap(user [16]byte, wrapped []byte) (cipher.AEAD, error) {
	return k.unwrap(user, wrapped)
}

// The prepared statements, for tests of each.
var (
	HotStatements      = hotStatements
	DecidingStatements = decidingStatements
)
