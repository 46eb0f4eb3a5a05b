package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/seal"
)

// ErrMasterKey is returned by Open for a database that is sealed under a master key which the
// keyring does not have.
var ErrMasterKey = errors.New("db: this database is sealed under another master key; give that one too, after the new one and a comma, or nothing that is stored can be opened")

// checkMasterKeys sees to it that the keyring opens whatever is sealed here, and notes that the
// current key seals from now on.
func (d *DB) checkMasterKeys(ctx context.Context) error {
	return d.asAuthority(ctx, func(tx authorityTx) error {
		var ids [][]byte
		if err := tx.NewRaw(`SELECT key_id FROM master_keys`).Scan(ctx, &ids); err != nil {
			return err
		}
		for _, id := range ids {
			if !d.keys.Has(seal.KeyID(id)) {
				return ErrMasterKey
			}
		}
		current := d.keys.Current()
		_, err := tx.NewRaw(`INSERT INTO master_keys (key_id) VALUES (?) ON CONFLICT DO NOTHING`, current[:]).Exec(ctx)
		return err
	})
}

// SealedUnder gives the master keys that something is sealed under in the database at the owner's
// URL: none in one that was not used yet, or not even migrated.
func SealedUnder(ctx context.Context, url string) (ids []seal.KeyID, err error) {
	c, err := connectOwner(ctx, url)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close(context.WithoutCancel(ctx))) }()
	var used bool
	if err := c.QueryRow(ctx, `SELECT to_regclass('public.master_keys') IS NOT NULL`).Scan(&used); err != nil || !used {
		return nil, err
	}
	rows, err := c.Query(ctx, `SELECT key_id FROM public.master_keys ORDER BY first_used_at DESC`)
	if err != nil {
		return nil, err
	}
	kept, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	for _, id := range kept {
		ids = append(ids, seal.KeyID(id))
	}
	return ids, err
}
