package db

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/google/uuid"
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

// errKeyRetired is returned for what is sealed under a master key that a rotation took out of use. Otherwise nobody
// could open it once that key is gone.
var errKeyRetired = errors.New("db: sealed under a master key that is not in use")

// lockMasterKey locks the current master key until the transaction ends. A transaction that writes what is sealed
// under it calls this first: a rotation's last step waits for the lock, and then reseals what was written.
func (d *DB) lockMasterKey(ctx context.Context, tx authorityTx) error {
	current := d.keys.Current()
	var key []byte
	return ifNoRows(tx.NewRaw(`SELECT key_id FROM master_keys WHERE key_id = ? FOR SHARE`, current[:]).Scan(ctx, &key), errKeyRetired)
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

var rootAAD = []byte("root secret")

// openRootSecret reads the root secret into the key ring. It keys cookies, cursors and people's ids at
// tenants, and must survive a new master key. The first node makes it. A database that was used before
// the root secret existed keeps its old keys, which were derived from its only master key.
func (d *DB) openRootSecret(ctx context.Context) error {
	made := make([]byte, seal.KeySize)
	if _, err := rand.Read(made); err != nil {
		return err
	}
	var sealed []byte
	err := d.asAuthority(ctx, func(tx authorityTx) error {
		err := tx.NewRaw(`SELECT sealed_secret FROM root_secret`).Scan(ctx, &sealed)
		if err = ifNoRows(err, errNotFound); !errors.Is(err, errNotFound) {
			return err
		}
		var used bool
		if err := tx.NewRaw(`SELECT EXISTS (SELECT 1 FROM users)`).Scan(ctx, &used); err != nil {
			return err
		}
		if old := d.keys.Root(); used && old != nil {
			made = old
		}
		if sealed, err = d.keys.Seal(ctx, made, rootAAD); err != nil {
			return err
		}
		if err := d.lockMasterKey(ctx, tx); err != nil {
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

// dataKey opens a person's data key.
func (d *DB) dataKey(ctx context.Context, user uuid.UUID, wrapped []byte) (seal.Key, error) {
	key, err := d.keys.OpenDataKey(ctx, user, wrapped)
	return key, d.auditUnsealed(ctx, err, Event{Target: "data key of " + user.String()})
}

// visitorKey returns the key for texts about a tenant's visitors who have no data key.
func (d *DB) visitorKey(tenantKey string) seal.Key { return visitorKey(d.keys, tenantKey) }

func visitorKey(keys *seal.Keyring, tenantKey string) seal.Key {
	return seal.NewKey(keys.Derive("visitors\x00" + tenantKey))
}

// dataKeyOf reads and opens a person's data key.
func (d *DB) dataKeyOf(ctx context.Context, tx authorityTx, user uuid.UUID) (seal.Key, error) {
	var dataKey []byte
	if err := tx.NewRaw(`SELECT data_key FROM users WHERE id = ?`, user).Scan(ctx, &dataKey); err != nil {
		return seal.Key{}, ifNoRows(err, ErrNoSession)
	}
	return d.dataKey(ctx, user, dataKey)
}
