package db

import (
	"context"
)

// MaxEmbedOrigins is how many origins a tenant may list.
const MaxEmbedOrigins = 100

// AddEmbedOrigin lets pages of an origin embed a tenant's widget. ParseOrigin says what origins are valid. It
// returns ErrUnknownTenant when there is no such tenant, and CodeConflict when it has MaxEmbedOrigins
// already.
func (d *DB) AddEmbedOrigin(ctx context.Context, by Seat, origin string) (_ *Tenant, err error) {
	defer place(&err, "db.AddEmbedOrigin")
	return d.changeTenant(ctx, by, requirement{role: RoleAdmin, backend: true}, func(tx *tenantTx) error {
		origin, err := ParseOrigin(origin)
		if err != nil {
			return err
		}
		var there int
		err = tx.NewRaw(`SELECT count(*) FROM embed_origins WHERE tenant_key = ? AND origin <> ?`, tx.tenantKey, origin).Scan(ctx, &there)
		if err != nil {
			return err
		}
		if there >= MaxEmbedOrigins {
			return &Error{Code: CodeConflict, Message: "There are already 100 embed origins. Remove any that are no longer used."}
		}
		result, err := tx.NewRaw(`INSERT INTO embed_origins (tenant_key, origin) VALUES (?, ?) ON CONFLICT DO NOTHING`, tx.tenantKey, origin).Exec(ctx)
		if err != nil {
			return err
		}
		if added, err := result.RowsAffected(); err != nil || added == 0 { // it was listed already
			return err
		}
		return tx.record(ctx, Event{Action: "origin.added", Target: origin})
	})
}

// RemoveEmbedOrigin undoes AddEmbedOrigin: the origin's pages can no longer show the widget or sign in, and
// sessions that began there end. It returns CodeNotFound for an origin that is not the tenant's.
func (d *DB) RemoveEmbedOrigin(ctx context.Context, by Seat, origin string) (_ *Tenant, err error) {
	defer place(&err, "db.RemoveEmbedOrigin")
	if parsed, err := ParseOrigin(origin); err == nil {
		origin = parsed
	}
	return d.changeTenant(ctx, by, requirement{role: RoleAdmin, backend: true}, func(tx *tenantTx) error {
		if err := requireRow(tx.NewRaw(`DELETE FROM embed_origins WHERE tenant_key = ? AND origin = ?`, tx.tenantKey, origin).Exec(ctx)); err != nil {
			return err
		}
		_, err := revokeSessions(ctx, tx.authorityTx, `tenant_key = ? AND embed_origin = ?`, tx.tenantKey, origin)
		if err != nil {
			return err
		}
		return tx.record(ctx, Event{Action: "origin.removed", Target: origin})
	})
}

// lockEmbedOrigin locks, until the transaction ends, what a widget session depends on: a tenant that is not
// suspended and one of its embed origins. Our own origin, ownOrigin, need not be listed. lockEmbedOrigin returns
// errCodeGone when either is missing. A transaction that removes either waits for this one and then ends the
// session.
func lockEmbedOrigin(ctx context.Context, tx authorityTx, tenantKey, embedOrigin, ownOrigin string) error {
	query := `SELECT t.key FROM tenants t JOIN embed_origins o ON o.tenant_key = t.key AND o.origin = ?
		WHERE t.key = ? AND t.suspended_at IS NULL FOR SHARE`
	if embedOrigin == ownOrigin {
		query = `SELECT t.key FROM tenants t WHERE ? <> '' AND t.key = ? AND t.suspended_at IS NULL FOR SHARE`
	}
	var key string
	return ifNoRows(tx.NewRaw(query, embedOrigin, tenantKey).Scan(ctx, &key), errCodeGone)
}
