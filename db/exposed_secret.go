package db

import (
	"context"
	"strings"
)

// recordExposedSecrets records a tenant's live secrets when a member is no longer an admin. The member may
// know each of them, so each should be rotated.
func recordExposedSecrets(ctx context.Context, tx authorityTx, by actor, tenantKey, member string, had, has Role) error {
	if !had.May(RoleAdmin) || has.May(RoleAdmin) {
		return nil
	}
	var serverKeys, secrets []string
	err := tx.NewRaw(`SELECT prefix FROM server_keys WHERE tenant_key = ? AND revoked_at IS NULL ORDER BY id`, tenantKey).Scan(ctx, &serverKeys)
	if err != nil {
		return err
	}
	err = tx.NewRaw(`SELECT id::text FROM assertion_keys WHERE tenant_key = ? AND kind = 'SHARED_SECRET' AND revoked_at IS NULL ORDER BY id`, tenantKey).Scan(ctx, &secrets)
	if err != nil {
		return err
	}
	var known []string
	if len(serverKeys) > 0 {
		known = append(known, "server keys "+strings.Join(serverKeys, ", "))
	}
	if len(secrets) > 0 {
		known = append(known, "shared secrets "+strings.Join(secrets, ", "))
	}
	if len(known) == 0 {
		return nil
	}
	return insertEvent(ctx, tx, Event{TenantKey: tenantKey, Actor: by.name, Action: "member.may_know", Target: member, IP: by.ip,
		Detail: strings.Join(known, "; ")})
}
