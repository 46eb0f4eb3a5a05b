package db

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/company-a/aside/db/seal"
)

var rootAAD = []byte("root secret")

// openRoot reads the root secret into the key ring. It keys cookies, cursors and people's ids at
// tenants, and must survive a new master key. The first node makes it. A database that was used before
// the root secret existed keeps its old keys, which were derived from its only master key.
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
		return tx.NewRaw(`SELECT sealed_secret FROM root_secret`).Scan(ctx, &sealed) // if several nodes start at once, the first one's
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
