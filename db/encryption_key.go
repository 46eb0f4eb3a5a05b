package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// EncryptionKey returns the private key, in PKCS #8, for assertions that are encrypted with an algorithm (RFC
// 7518 §4.1). It returns CodeNotFound when there is none yet.
func (d *DB) EncryptionKey(ctx context.Context, algorithm string) (private []byte, err error) {
	defer place(&err, "db.EncryptionKey")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		private, err = d.openEncryptionKey(ctx, tx, algorithm)
		return err
	})
	return private, err
}

// StoreEncryptionKey stores a private key, sealed, unless there is one for its algorithm. It returns the
// stored one: if several nodes start at once, that of the first.
func (d *DB) StoreEncryptionKey(ctx context.Context, algorithm string, made []byte) (private []byte, err error) {
	defer place(&err, "db.StoreEncryptionKey")
	id := newID()
	sealed, err := d.keys.Seal(ctx, made, seal.SecretAAD("encryption key", algorithm, id))
	if err != nil {
		return nil, err
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if err := d.lockMasterKey(ctx, tx); err != nil {
			return err
		}
		_, err := tx.NewRaw(`INSERT INTO encryption_keys (id, algorithm, sealed_private) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			id, algorithm, sealed).Exec(ctx)
		if err != nil {
			return err
		}
		private, err = d.openEncryptionKey(ctx, tx, algorithm)
		return err
	})
	return private, err
}

func (d *DB) openEncryptionKey(ctx context.Context, tx authorityTx, algorithm string) ([]byte, error) {
	var id uuid.UUID
	var sealed []byte
	err := tx.NewRaw(`SELECT id, sealed_private FROM encryption_keys WHERE algorithm = ?`, algorithm).Scan(ctx, &id, &sealed)
	if err != nil {
		return nil, ifNoRows(err, errNotFound)
	}
	private, err := d.keys.Open(ctx, sealed, seal.SecretAAD("encryption key", algorithm, id))
	return private, d.auditUnsealed(ctx, err, Event{Target: "encryption key " + id.String()})
}
