package db

import (
	"context"
	"errors"

	"github.com/uptrace/bun"
)

// ErrMasterKey is returned by Open for a database that is sealed under a master key which the
// keyring does not have.
var ErrMasterKey = errors.New("db: this database is sealed under another master key; give that one too, after the new one and a comma, or nothing that is stored can be opened")

// checkMasterKeys sees to it that the keyring opens whatever is sealed here, and notes that the
// current key seals from now on.
func (d *DB) checkMasterKeys(ctx context.Context) error {
	return d.auth(ctx, func(tx bun.Tx) error {
		var ids [][]byte
		if err := tx.NewRaw(`SELECT key_id FROM master_keys`).Scan(ctx, &ids); err != nil {
			return err
		}
		for _, id := range ids {
			if _, ok := d.keys.aeads[[keyIDSize]byte(id)]; !ok {
				return ErrMasterKey
			}
		}
		_, err := tx.NewRaw(`INSERT INTO master_keys (key_id) VALUES (?) ON CONFLICT DO NOTHING`, d.keys.current[:]).Exec(ctx)
		return err
	})
}
