package db

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
)

// DeleteTenant deletes the seat's tenant for good: it has no members, invitations, keys, embed origins or sessions any more,
// and its key is never given again. name must be the tenant's name, as a confirmation. People keep the notes that a passkey
// opens, at the account origin. Nothing opens the notes of vouched accounts any more, so Sweep deletes those accounts.
// What stays is the name, for people's notes, the bill and the audit log.
func (d *DB) DeleteTenant(ctx context.Context, by Seat, name string) (err error) {
	defer place(&err, "db.DeleteTenant")
	return d.inTenant(ctx, by, requirement{role: RoleOwner, confirmed: true}, func(tx *tenantTx) error {
		var named string
		if err := tx.NewRaw(`SELECT name FROM tenants WHERE key = ?`, tx.tenantKey).Scan(ctx, &named); err != nil {
			return err
		}
		if strings.TrimSpace(name) != named {
			return invalid("name", "This is not the tenant's name. Type it as it is written, to confirm that you mean this tenant.")
		}
		if err := tx.record(ctx, Event{Action: "tenant.deleted", Target: named}); err != nil {
			return err
		}
		// The sessions come after this: a sign-in in progress holds the tenant until its session is visible.
		_, err := tx.NewRaw(`UPDATE tenants SET deleted_at = now(), suspended_at = least(suspended_at, now()) WHERE key = ?`, tx.tenantKey).Exec(ctx)
		if err != nil {
			return err
		}
		if err := revokeEverybodysSessions(ctx, tx.authorityTx, `tenant_key = ?`, tx.tenantKey); err != nil {
			return err
		}
		for _, statement := range []string{
			`DELETE FROM members WHERE tenant_key = ?`,
			`DELETE FROM invitations WHERE tenant_key = ?`,
			`DELETE FROM embed_origins WHERE tenant_key = ?`,
			`DELETE FROM webhooks WHERE tenant_key = ?`,
			`DELETE FROM tickets WHERE tenant_key = ?`,
			`DELETE FROM identity_handles WHERE tenant_key = ?`,
			`UPDATE assertion_keys SET revoked_at = coalesce(revoked_at, now()) WHERE tenant_key = ?`,
			`UPDATE server_keys SET revoked_at = coalesce(revoked_at, now()) WHERE tenant_key = ?`,
		} {
			if _, err := tx.NewRaw(statement, tx.tenantKey).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// sweepVouchedAccounts deletes the vouched accounts of deleted tenants, each in a transaction of its own.
func (d *DB) sweepVouchedAccounts(ctx context.Context) error {
	for {
		var orphans []struct {
			ID        uuid.UUID
			TenantKey string
		}
		err := d.asAuthority(ctx, func(tx authorityTx) error {
			return tx.NewRaw(`SELECT u.id, t.key AS tenant_key FROM tenants t JOIN users u ON u.vouched_by = t.key WHERE t.deleted_at IS NOT NULL LIMIT 100`).Scan(ctx, &orphans)
		})
		if err != nil || len(orphans) == 0 {
			return err
		}
		for _, o := range orphans {
			if err := d.countPerson(ctx, o.ID); err != nil {
				return err
			}
			err := d.asAuthority(ctx, func(tx authorityTx) error {
				err := d.deleteUser(ctx, tx, o.ID, []string{AnyTenant})
				if errors.Is(err, ErrNoSession) { // another node deleted it
					return nil
				}
				if err != nil {
					return err
				}
				return insertEvent(ctx, tx, Event{Actor: o.TenantKey, Action: "account.deleted", Target: d.Pseudonym(o.ID), Detail: "its tenant was deleted"})
			})
			if err != nil {
				return err
			}
		}
	}
}
