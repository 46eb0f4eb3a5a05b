package db

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// An Evidence is what the tenant's word about a visitor was accepted for, before the transaction
// that acts on it: that one sees whether it still is (see stillAccepted).
type Evidence struct {
	Key     uuid.UUID // the assertion key that verified it; uuid.Nil for a ticket
	Nonce   bool      // it was made for the key that presents it, or is good once, as a ticket is
	Vouches bool      // it is to open an account by itself
}

// ErrNotAccepted is returned for evidence that was accepted, and is not any more.
var ErrNotAccepted error = &Error{Code: CodeGone, Message: "What this site said about its visitor is not accepted any more."}

// stillAccepted holds the tenant and the key until the transaction ends: whoever changes the policy
// or revokes the key waits, or has done so before. It returns ErrNotAccepted otherwise.
func (e *Evidence) stillAccepted(ctx context.Context, tx bun.Tx, tenantKey string) error {
	if e == nil {
		return nil
	}
	var key string
	err := tx.NewRaw(`SELECT key FROM tenants WHERE key = ? AND suspended_at IS NULL AND assertion_policy <> 'NONE'
		AND (vouched_accounts OR NOT ?) AND (NOT require_nonce OR ?) FOR SHARE`, tenantKey, e.Vouches, e.Nonce).Scan(ctx, &key)
	if err != nil || e.Key == uuid.Nil {
		return noRows(err, ErrNotAccepted)
	}
	var id uuid.UUID
	err = tx.NewRaw(`SELECT id FROM assertion_keys WHERE id = ? AND tenant_key = ? AND revoked_at IS NULL FOR SHARE`, e.Key, tenantKey).Scan(ctx, &id)
	return noRows(err, ErrNotAccepted)
}
