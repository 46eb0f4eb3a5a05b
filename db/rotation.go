package db

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// A Rotation is the result of Rotate.
type Rotation struct {
	Resealed int `json:"resealed"` // under the current master key, from another one
	Checked  int `json:"checked"`
	Refused  int `json:"refused"` // cannot be opened: the audit log names each
}

// rotationBatch is small enough for any statement timeout.
const rotationBatch = 500

// Rotate reseals under the current master key everything that is sealed under another one, and then
// retires the others. After that, a node needs only the current key, and a node that still seals under
// another one is refused. Rotate may run while nodes serve, if each has the current key, and may be
// stopped at any time and run again. It calls progress, if given, after each batch. If a value does
// not open, Rotate keeps the other keys in use and returns seal.ErrUnsealed.
func (d *DB) Rotate(ctx context.Context, progress func(Rotation)) (r Rotation, err error) {
	defer place(&err, "db.Rotate")
	since := idBefore(time.Now().Add(-time.Hour))
	for _, c := range sealedColumns {
		if c.aad == nil {
			continue
		}
		if err := d.rotateColumn(ctx, c, &r, progress); err != nil {
			return r, err
		}
	}
	if r.Refused > 0 {
		return r, fmt.Errorf("%w: %d, which the audit log names; the old master key stays in use", seal.ErrUnsealed, r.Refused)
	}
	return r, d.retireKeys(ctx, since, &r)
}

// rotateColumn goes through a table in the order of its key.
func (d *DB) rotateColumn(ctx context.Context, c sealedColumn, r *Rotation, progress func(Rotation)) error {
	after, n := uuid.Nil, rotationBatch
	for n == rotationBatch {
		before := *r
		err := d.asAuthority(ctx, func(tx authorityTx) (err error) {
			*r = before // undo an earlier attempt
			n, after, err = d.rotateBatch(ctx, tx, c, after, "", r)
			return err
		})
		if err != nil {
			return err
		}
		if progress != nil {
			progress(*r)
		}
	}
	return nil
}

// rotateBatch reseals the next rows (key > after) that meet condition. It returns how many rows it
// read and the last one's key.
func (d *DB) rotateBatch(ctx context.Context, tx authorityTx, c sealedColumn, after uuid.UUID, condition string, r *Rotation) (n int, last uuid.UUID, err error) {
	var rows []struct {
		Key    uuid.UUID
		Bound  string
		Sealed []byte
	}
	if err := d.lockMasterKey(ctx, tx); err != nil { // another rotation may have taken it out of use
		return 0, after, err
	}
	err = tx.NewRaw(`SELECT `+c.key+` AS key, `+c.bound+` AS bound, `+c.sealed+` AS sealed FROM `+c.table+`
		WHERE `+c.sealed+` IS NOT NULL AND (`+c.key+` > ?0 OR ?0 = '00000000-0000-0000-0000-000000000000'::uuid) `+condition+`
		ORDER BY 1 LIMIT ?1`, after, rotationBatch).Scan(ctx, &rows)
	if err != nil {
		return 0, after, err
	}
	for _, row := range rows {
		last = row.Key
		r.Checked++
		resealed, err := d.keys.Reseal(ctx, row.Sealed, c.aad(row.Key, row.Bound))
		if errors.Is(err, seal.ErrUnsealed) {
			r.Refused++
			_ = d.auditUnsealed(ctx, err, Event{Target: c.what + " " + row.Key.String()})
			continue
		}
		if err != nil {
			return 0, after, err
		}
		if resealed == nil {
			continue
		}
		// A value that was replaced meanwhile is already sealed under the current key.
		_, err = tx.NewRaw(`UPDATE `+c.table+` SET `+c.sealed+` = ? WHERE `+c.key+` = ? AND `+c.sealed+` = ?`, resealed, row.Key, row.Sealed).Exec(ctx)
		if err != nil {
			return 0, after, err
		}
		r.Resealed++
	}
	return len(rows), last, nil
}

// idBefore returns an id below every id that newID returns after t, by the clock of its node.
func idBefore(t time.Time) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], uint64(t.UnixMilli())<<16) // RFC 9562 §5.7
	return id
}

// retireKeys retires the other master keys. It checks again what was made since the rotation began. It
// waits for transactions that are sealing under one of them (lockMasterKey), and reseals their values.
func (d *DB) retireKeys(ctx context.Context, since uuid.UUID, r *Rotation) error {
	current, before := d.keys.Current(), *r
	return d.asAuthority(ctx, func(tx authorityTx) error {
		*r = before // undo an earlier attempt
		var retired [][]byte
		err := tx.NewRaw(`DELETE FROM master_keys WHERE key_id <> ? RETURNING key_id`, current[:]).Scan(ctx, &retired)
		if err != nil || len(retired) == 0 {
			return err
		}
		for _, c := range sealedColumns {
			for n := 1; n > 0 && c.aad != nil; {
				n, _, err = d.rotateBatch(ctx, tx, c, since, `AND substring(`+c.sealed+` FROM 2 FOR 4) <> '\x`+fmt.Sprintf("%x", current[:])+`'::bytea`, r)
				if err != nil {
					return err
				}
				if r.Refused > 0 {
					return seal.ErrUnsealed
				}
			}
		}
		for _, id := range retired {
			event := Event{Actor: "operator", Action: "master_key.retired", Target: fmt.Sprintf("%x", id)}
			if err := insertEvent(ctx, tx, event); err != nil {
				return err
			}
		}
		return nil
	})
}
