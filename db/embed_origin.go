package db

import (
	"context"
	"slices"

	"github.com/uptrace/bun/dialect/pgdialect"
)

// MaxEmbedOrigins is how many origins a tenant may list.
const MaxEmbedOrigins = 100

// AddEmbedOrigin lets pages of an origin embed a tenant's widget. ParseOrigin says what origins are valid; where the policy
// allows it, the first label of the host may be a wildcard, if the rest is no public suffix. It
// returns ErrUnknownTenant when there is no such tenant, and CodeConflict when it has MaxEmbedOrigins
// already.
func (d *DB) AddEmbedOrigin(ctx context.Context, by Seat, origin string) (_ *Tenant, err error) {
	defer place(&err, "db.AddEmbedOrigin")
	return d.changeTenant(ctx, by, requirement{role: RoleAdmin, backend: true}, func(tx *tenantTx) error {
		origin, wildcard, err := parseEmbedOrigin(origin)
		if err != nil {
			return err
		}
		if wildcard {
			var allowed bool
			if err := tx.NewRaw(`SELECT wildcard_origins FROM tenants WHERE key = ?`, tx.tenantKey).Scan(ctx, &allowed); err != nil {
				return err
			}
			if !allowed {
				return invalid("origin", "This tenant's policy doesn't allow wildcards. List each origin, or allow wildcard origins in the policy first.")
			}
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
	if parsed, _, err := parseEmbedOrigin(origin); err == nil {
		origin = parsed
	}
	return d.changeTenant(ctx, by, requirement{role: RoleAdmin, backend: true}, func(tx *tenantTx) error {
		if err := requireRow(tx.NewRaw(`DELETE FROM embed_origins WHERE tenant_key = ? AND origin = ?`, tx.tenantKey, origin).Exec(ctx)); err != nil {
			return err
		}
		err := tx.endSessionsAt(ctx, func(at string, listed []string) bool {
			return at == origin || wildcardOf(at) == origin && !slices.Contains(listed, at)
		})
		if err != nil {
			return err
		}
		return tx.record(ctx, Event{Action: "origin.removed", Target: origin})
	})
}

// endSessionsAt ends the tenant's widget sessions at the origins that ended selects. listed are its embed origins.
func (c *tenantTx) endSessionsAt(ctx context.Context, ended func(origin string, listed []string) bool) error {
	var listed, used []string
	if err := c.NewRaw(`SELECT origin FROM embed_origins WHERE tenant_key = ?`, c.tenantKey).Scan(ctx, &listed); err != nil {
		return err
	}
	err := c.NewRaw(`SELECT DISTINCT embed_origin FROM sessions WHERE tenant_key = ? AND embed_origin IS NOT NULL AND revoked_at IS NULL`, c.tenantKey).Scan(ctx, &used)
	if err != nil {
		return err
	}
	used = slices.DeleteFunc(used, func(origin string) bool { return !ended(origin, listed) })
	if len(used) == 0 {
		return nil
	}
	return revokeEverybodysSessions(ctx, c.authorityTx, `tenant_key = ? AND embed_origin = ANY (?)`, c.tenantKey, pgdialect.Array(used))
}

// lockEmbedOrigin locks, until the transaction ends, what a widget session depends on: a tenant that is not
// suspended and one of its embed origins. Our own origin, ownOrigin, need not be listed. lockEmbedOrigin returns
// errCodeGone when either is missing. A transaction that removes either waits for this one and then ends the
// session.
func lockEmbedOrigin(ctx context.Context, tx authorityTx, tenantKey, embedOrigin, ownOrigin string) error {
	query := `SELECT t.key FROM tenants t JOIN embed_origins o ON o.tenant_key = t.key AND (o.origin = ?0 OR t.wildcard_origins AND o.origin = ?2)
		WHERE t.key = ?1 AND t.suspended_at IS NULL AND ?0 NOT LIKE '%*%' ORDER BY o.origin LIMIT 1 FOR SHARE`
	if embedOrigin == ownOrigin {
		query = `SELECT t.key FROM tenants t WHERE ?0 <> '' AND t.key = ?1 AND t.suspended_at IS NULL FOR SHARE`
	}
	var key string
	return ifNoRows(tx.NewRaw(query, embedOrigin, tenantKey, wildcardOf(embedOrigin)).Scan(ctx, &key), errCodeGone)
}
