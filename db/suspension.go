package db

import "context"

// Suspend closes a tenant's widget: its frames say so, nobody can sign in, all its sessions end, and
// its server keys stop working. Visitors keep their notes at the account origin. It returns
// ErrUnknownTenant if there is no such tenant.
func (d *DB) Suspend(ctx context.Context, by Seat) (_ *Tenant, err error) {
	defer place(&err, "db.Suspend")
	return d.changeTenant(ctx, by, requirement{}, func(tx *tenantTx) error {
		// The sessions come second: a sign-in in progress holds the tenant (lockEmbedOrigin) until its
		// session is visible.
		result, err := tx.NewRaw(`UPDATE tenants SET suspended_at = now() WHERE key = ? AND suspended_at IS NULL`, tx.tenantKey).Exec(ctx)
		if err != nil {
			return err
		}
		if err := revokeEverybodysSessions(ctx, tx.authorityTx, `tenant_key = ?`, tx.tenantKey); err != nil {
			return err
		}
		if suspended, err := result.RowsAffected(); err != nil || suspended == 0 {
			return err
		}
		if err := d.queueDeliveries(ctx, tx.authorityTx, tx.tenantKey, tenantSuspended, nil); err != nil {
			return err
		}
		return tx.record(ctx, Event{Action: "tenant.suspended"})
	})
}

// Resume reverses Suspend: visitors may sign in again. It returns ErrUnknownTenant if there is no such tenant.
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
