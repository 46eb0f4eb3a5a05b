package db

import (
	"context"

	"github.com/uptrace/bun"
)

// AddEmbedOrigin lets the pages of an origin, as ParseOrigin accepts it, embed a tenant's
// widget from now on. It returns ErrUnknownTenant when there is no such tenant.
func (d *DB) AddEmbedOrigin(ctx context.Context, tenantKey, origin string) (*Tenant, error) {
	origin, err := ParseOrigin(origin)
	if err != nil {
		return nil, err
	}
	if _, err := d.Tenant(ctx, tenantKey); err != nil {
		return nil, err
	}
	err = d.auth(ctx, func(tx bun.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO embed_origins (tenant_key, origin) VALUES (?, ?) ON CONFLICT DO NOTHING`, tenantKey, origin).Exec(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d.Tenant(ctx, tenantKey)
}

// RemoveEmbedOrigin takes that back: no frame, no sign-in, and the sessions that were begun on
// those pages end. It returns CodeNotFound for an origin that is not the tenant's.
func (d *DB) RemoveEmbedOrigin(ctx context.Context, tenantKey, origin string) (*Tenant, error) {
	defer d.sessions.forget()
	err := d.auth(ctx, func(tx bun.Tx) error {
		if err := one(tx.NewRaw(`DELETE FROM embed_origins WHERE tenant_key = ? AND origin = ?`, tenantKey, origin).Exec(ctx)); err != nil {
			return err
		}
		_, err := tx.NewRaw(`UPDATE sessions SET revoked_at = now() WHERE tenant_key = ? AND embed_origin = ? AND revoked_at IS NULL`,
			tenantKey, origin).Exec(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d.Tenant(ctx, tenantKey)
}
