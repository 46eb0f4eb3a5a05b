package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/seal"
)

// ErrMasterKey is returned by Open for a database that is sealed under a master key that the key ring lacks.
var ErrMasterKey = errors.New("db: this database is sealed under another master key; give that one too, after the new one and a comma, or nothing that is stored can be opened")

// checkMasterKeys checks that the key ring has every master key in use here, and records that the
// current key is in use from now on.
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

// SealedUnder returns the ids of the master keys in use in the database at the owner's URL. It returns
// none for a database that was not used or migrated yet.
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
