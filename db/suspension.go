package db

import "context"

// Suspend has a tenant's widget refuse everybody from now on: its frames say so, nobody signs in,
// every session of it ends at once, and its server keys open nothing. What its visitors have
// written stays theirs, at the account origin. It returns ErrUnknownTenant when there is none.
func (d *DB) Suspend(ctx context.Context, by Seat) (_ *Tenant, err error) {
	defer place(&err, "db.Suspend")
	return d.changeTenant(ctx, by, requirement{}, func(tx *tenantTx) error {
		// The sessions come second: a sign-in under way holds the tenant (mayEmbed) until its session can be seen.
		result, err := tx.NewRaw(`UPDATE tenants SET suspended_at = now() WHERE key = ? AND suspended_at IS NULL`, tx.tenantKey).Exec(ctx)
		if err != nil {
			return err
		}
		if _, err := revokeSessions(ctx, tx.authorityTx, `tenant_key = ?`, tx.tenantKey); err != nil {
			return err
		}
		if suspended, err := result.RowsAffected(); err != nil || suspended == 0 {
			return err
		}
		return tx.record(ctx, Event{Action: "tenant.suspended"})
	})
}

// Resume takes that back: visitors sign in again. It returns ErrUnknownTenant when there is none.
func (d *DB) Resume(ctx context.Context, by Seat) (_ *Tenant, err error) {
	defer place(&err, "db.Resume")
	return d.changeTenant(ctx, by, requirement{}, func(tx *tenantTx) error {
		result, err := tx.NewRaw(`UPDATE tenants SET suspended_at = NULL WHERE key = ? AND suspended_at IS NOT NULL`, tx.tenantKey).Exec(ctx)
		if err != nil {
			return err
		}
		if resumed, err := result.RowsAffected(); err != nil || resumed == 0 {
			return err
		}
		return tx.record(ctx, Event{Action: "tenant.resumed"})
	})
}
