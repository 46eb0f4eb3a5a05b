package db

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// An Evidence is what the tenant's word about a visitor was accepted for. Each transaction that acts
// on the word sees whether it still is (see stillAccepted). The zero Evidence is accepted nowhere.
type Evidence struct {
	Key   uuid.UUID // the assertion key that verified it, or the server key that asked for the ticket
	Nonce bool      // it was made for the key that presents it, or is good once, as a ticket is

	unknown bool // kept by a node of the release before, which knows of none
}

// storedEvidence returns the evidence that a row names.
func storedEvidence(key uuid.NullUUID, nonce bool) Evidence {
	return Evidence{Key: key.UUID, Nonce: nonce || !key.Valid, unknown: !key.Valid}
}

// key is the key as a row names it.
func (e Evidence) key() uuid.NullUUID { return uuid.NullUUID{UUID: e.Key, Valid: !e.unknown} }

// ErrNotAccepted is returned for evidence that was accepted, and is not any more.
var ErrNotAccepted error = &Error{Code: CodeGone, Message: "This site's assertion about its visitor is no longer accepted."}

// stillAccepted holds the tenant and the key until the transaction ends: whoever changes the policy
// or revokes the key waits, or has done so before. It returns ErrNotAccepted otherwise. With vouches,
// the tenant's word alone is to open an account.
func (e Evidence) stillAccepted(ctx context.Context, tx authorityTx, tenantKey string, vouches bool) error {
	if e.Key == uuid.Nil && !e.unknown {
		return ErrNotAccepted
	}
	var key string
	err := tx.NewRaw(`SELECT key FROM tenants WHERE key = ? AND suspended_at IS NULL AND assertion_policy <> 'NONE'
		AND (vouched_accounts OR NOT ?) AND (NOT require_nonce OR ?) FOR SHARE`, tenantKey, vouches, e.Nonce).Scan(ctx, &key)
	if err != nil || e.unknown {
		return noRows(err, ErrNotAccepted)
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

// mayAsk is stillAccepted for a request whose visitor the tenant says nothing about.
func mayAsk(ctx context.Context, tx authorityTx, tenantKey string) error {
	var key string
	err := tx.NewRaw(`SELECT key FROM tenants WHERE key = ? AND suspended_at IS NULL AND assertion_policy <> 'REQUIRED' FOR SHARE`, tenantKey).Scan(ctx, &key)
	return noRows(err, ErrNotAccepted)
}

// endVouched ends the sessions that a key's word alone has opened. Those of a node that named no key
// may be of any.
func endVouched(ctx context.Context, tx authorityTx, tenantKey string, key uuid.UUID) error {
	_, err := revokeSessions(ctx, tx, `tenant_key = ? AND (evidence_key = ? OR (evidence_key IS NULL AND user_id IN (SELECT id FROM users WHERE vouched_by = ?)))`,
		tenantKey, key, tenantKey)
	return err
}
