package db

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// An Evidence is why a tenant's assertion about a visitor was accepted. Each transaction that acts on the
// assertion checks that the evidence is still accepted (requireAccepted). The zero Evidence is never accepted.
type Evidence struct {
	Key   uuid.UUID // the assertion key that verified it, or the server key that asked for the ticket
	Nonce bool      // the assertion was made for the key that presents it, or was a ticket, which is good once

	unknown bool // stored by a node of the previous release, which stores no evidence
}

// storedEvidence returns the evidence in a row's columns.
func storedEvidence(key uuid.NullUUID, nonce bool) Evidence {
	return Evidence{Key: key.UUID, Nonce: nonce || !key.Valid, unknown: !key.Valid}
}

// key returns the key for a row's column.
func (e Evidence) key() uuid.NullUUID { return uuid.NullUUID{UUID: e.Key, Valid: !e.unknown} }

// ErrNotAccepted is returned for evidence that is no longer accepted.
var ErrNotAccepted error = &Error{Code: CodeGone, Message: "This site's assertion about its visitor is no longer accepted."}

// requireAccepted locks the tenant and the key until the transaction ends, so that a change of the policy or a
// revocation of the key waits for it. It returns ErrNotAccepted when the evidence is no longer accepted.
// vouches says that the assertion alone is to open an account.
func (e Evidence) requireAccepted(ctx context.Context, tx authorityTx, tenantKey string, vouches bool) error {
	if e.Key == uuid.Nil && !e.unknown {
		return ErrNotAccepted
	}
	var key string
	err := tx.NewRaw(`SELECT key FROM tenants WHERE key = ? AND suspended_at IS NULL AND assertion_policy <> 'NONE'
		AND (vouched_accounts OR NOT ?) AND (NOT require_nonce OR ?) FOR SHARE`, tenantKey, vouches, e.Nonce).Scan(ctx, &key)
	if err != nil || e.unknown {
		return ifNoRows(err, ErrNotAccepted)
	}
	var live []uuid.UUID
	for _, keys := range []string{"assertion_keys", "server_keys"} {
		err := tx.NewRaw(`SELECT id FROM ? WHERE id = ? AND tenant_key = ? AND revoked_at IS NULL FOR SHARE`, bun.Ident(keys), e.Key, tenantKey).Scan(ctx, &live)
		if err != nil || len(live) > 0 {
			return err
		}
	}
	return ErrNotAccepted
}

// requireAnonymousAccepted is requireAccepted for a request without an asserted subject.
func requireAnonymousAccepted(ctx context.Context, tx authorityTx, tenantKey string) error {
	var key string
	err := tx.NewRaw(`SELECT key FROM tenants WHERE key = ? AND suspended_at IS NULL AND assertion_policy <> 'REQUIRED' FOR SHARE`, tenantKey).Scan(ctx, &key)
	return ifNoRows(err, ErrNotAccepted)
}

// endVouchedSessions ends the sessions that were opened only by assertions that a key verified. Such sessions name no
// key if a node of the previous release opened them. They end too.
func endVouchedSessions(ctx context.Context, tx authorityTx, tenantKey string, key uuid.UUID) error {
	return revokeEverybodysSessions(ctx, tx, `tenant_key = ? AND (evidence_key = ? OR (evidence_key IS NULL AND user_id IN (SELECT id FROM users WHERE vouched_by = ?)))`,
		tenantKey, key, tenantKey)
}
