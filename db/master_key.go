package db

import (
	"context"
	"crypto/rand"
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

var rootAAD = []byte("root secret")

// openRoot reads the root secret into the keyring: what cookies, cursors and people's ids at
// tenants are keyed by, and what a new master key must not change. The first node makes it. A
// database that was used before there was one keeps the keys that it has, which were derived
// from its only master key.
func (d *DB) openRoot(ctx context.Context) error {
	made := make([]byte, seal.KeySize)
	if _, err := rand.Read(made); err != nil {
		return err
	}
	var sealed []byte
	err := d.asAuthority(ctx, func(tx authorityTx) error {
		err := tx.NewRaw(`SELECT sealed_secret FROM root_secret`).Scan(ctx, &sealed)
		if err = noRows(err, errNotThere); !errors.Is(err, errNotThere) {
			return err
		}
		var used bool
		if err := tx.NewRaw(`SELECT EXISTS (SELECT FROM users)`).Scan(ctx, &used); err != nil {
			return err
		}
		if old := d.keys.Root(); used && old != nil {
			made = old
		}
		if sealed, err = d.keys.Seal(ctx, made, rootAAD); err != nil {
			return err
		}
		if _, err := tx.NewRaw(`INSERT INTO root_secret (sealed_secret) VALUES (?) ON CONFLICT DO NOTHING`, sealed).Exec(ctx); err != nil {
			return err
		}
		return tx.NewRaw(`SELECT sealed_secret FROM root_secret`).Scan(ctx, &sealed) // of nodes that start at once, the first one's
	})
	if err != nil {
		return err
	}
	root, err := d.keys.Open(ctx, sealed, rootAAD)
	if err != nil {
		return d.auditUnsealed(ctx, err, Event{Target: "root secret"})
	}
	d.keys.SetRoot(root)
	return nil
}
