package db

import (
	"context"
	"fmt"
	"net/url"
)

// StoreAccountOrigin records the account origin that a node serves. The host of the first one becomes the RP
// ID. For another host it returns CodeConflict, with the number of passkeys that would stop working, unless
// newRPID is that host. Another scheme or port needs no confirmation.
func (d *DB) StoreAccountOrigin(ctx context.Context, origin, newRPID string) (err error) {
	defer place(&err, "db.StoreAccountOrigin")
	u, err := url.Parse(origin)
	if err != nil {
		return err
	}
	rpID := u.Hostname()
	return d.asAuthority(ctx, func(tx authorityTx) error {
		_, err := tx.NewRaw(`INSERT INTO account_origin (origin, rp_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, origin, rpID).Exec(ctx)
		if err != nil {
			return err
		}
		var kept struct{ Origin, RpID string }
		if err := tx.NewRaw(`SELECT origin, rp_id FROM account_origin FOR UPDATE`).Scan(ctx, &kept); err != nil {
			return err
		}
		if kept.Origin == origin {
			return nil
		}
		if kept.RpID != rpID {
			if err := d.changeRPID(ctx, tx, kept.Origin, kept.RpID, rpID, newRPID); err != nil {
				return err
			}
		}
		_, err = tx.NewRaw(`UPDATE account_origin SET origin = ?, rp_id = ?, changed_at = now()`, origin, rpID).Exec(ctx)
		return err
	})
}

func (d *DB) changeRPID(ctx context.Context, tx authorityTx, origin, from, to, confirmed string) error {
	var passkeys int
	if err := tx.NewRaw(`SELECT count(*) FROM passkeys`).Scan(ctx, &passkeys); err != nil {
		return err
	}
	if confirmed != to {
		return &Error{Code: CodeConflict, Message: fmt.Sprintf(
			"the passkeys of this database are bound to %s: at %s, %d of %d would open nothing; keep the account origin %s, or, if that is meant, start once with --change-rp-id %s",
			from, to, passkeys, passkeys, origin, to)}
	}
	d.log.Warn("the account origin's host has changed: passkeys that were made before open nothing", "from", from, "to", to, "passkeys", passkeys)
	return insertEvent(ctx, tx, Event{Actor: operator.name, Action: "rp_id.changed", Target: to, Detail: fmt.Sprintf("%s, %d passkeys", from, passkeys)})
}

// AccountOrigin returns the account origin that the service last started with. It returns CodeNotFound before
// the first start.
func (d *DB) AccountOrigin(ctx context.Context) (origin string, err error) {
	defer place(&err, "db.AccountOrigin")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		err := tx.NewRaw(`SELECT origin FROM account_origin`).Scan(ctx, &origin)
		return ifNoRows(err, &Error{Code: CodeNotFound, Message: "no service has been started on this database yet, so nothing says where its links lead: start one, or give --origin"})
	})
	return origin, err
}
