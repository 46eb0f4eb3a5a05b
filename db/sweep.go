package db

import (
	"context"
)

// A sweep deletes the rows of a table that are no longer needed. It finds them by an index and deletes
// them in batches that fit into any statement timeout.
type sweep struct {
	table, key string // key: the primary key
	over       string
}

var sweeps = []sweep{
	{"ceremonies", "id_hash", `expires_at < now()`},
	{"spent_proofs", "proof_hash", `expires_at < now()`},
	{"tries", "key_hash", `free_at < now()`},
	{"recovery_codes", "locator", `expires_at < now()`},
	{"tickets", "ticket_hash", `expires_at < now()`},
	{"identity_handles", "handle_hash", `expires_at < now()`},
	{"invitations", "token_hash", `expires_at < now()`},
	{"usage_visitors", "tenant_key, period, visitor", `period < to_char(now() - interval '7 days', 'YYYY-MM-DD')
		AND period < to_char(now() - interval '7 days', CASE length(period) WHEN 7 THEN 'YYYY-MM' ELSE 'YYYY-MM-DD' END)`},
	// A redeemed code is kept for an hour, to recognize a second use.
	{"authorization_requests", "id", `expires_at < now() AND redeemed_at IS NULL`},
	{"authorization_requests", "id", `expires_at < now() - interval '1 hour'`},
	// The next sign-in in the same browser continues the chain of an expired session (continueChain).
	{"sessions", "id", `expires_at < now() - interval '1 hour'
		AND NOT EXISTS (SELECT FROM sessions l WHERE l.chain_id = sessions.chain_id AND l.revoked_at IS NULL AND l.expires_at > now())`},
	{"sessions", "id", `revoked_at < now() - interval '1 hour'`},
	{"assertion_keys", "id", `revoked_at < now() - interval '90 days'`},
	{"server_keys", "id", `revoked_at < now() - interval '90 days'`},
}

// statement returns the SQL that deletes one batch. Its argument is the size of the batch.
func (s sweep) statement() string {
	return `DELETE FROM ` + s.table + ` WHERE (` + s.key + `) IN (SELECT ` + s.key + ` FROM ` + s.table + ` WHERE ` + s.over + ` LIMIT ? FOR UPDATE SKIP LOCKED)`
}

const sweepBatch = 5000

// Sweep deletes what has expired, seals what an older release has stored in the clear, and finishes an upgrade
// when no node of an older release is left. Any number of nodes may run it.
func (d *DB) Sweep(ctx context.Context) (err error) {
	defer place(&err, "db.Sweep")
	if err := d.finishUpgrade(ctx); err != nil {
		return err
	}
	if err := d.sealRest(ctx); err != nil {
		return err
	}
	for _, s := range sweeps {
		if err := d.sweep(ctx, func(tx authorityTx) (swept int64, err error) {
			result, err := tx.NewRaw(s.statement(), sweepBatch).Exec(ctx)
			if err != nil {
				return 0, err
			}
			return result.RowsAffected()
		}); err != nil {
			return err
		}
	}
	if err := d.sweep(ctx, func(tx authorityTx) (swept int64, err error) {
		return swept, tx.NewRaw(`SELECT sweep_deleted_notes(?)`, sweepBatch).Scan(ctx, &swept)
	}); err != nil || d.auditRetention == 0 {
		return err
	}
	return d.sweep(ctx, func(tx authorityTx) (swept int64, err error) {
		return swept, tx.NewRaw(`SELECT sweep_audit_events(make_interval(secs => ?), ?)`, d.auditRetention.Seconds(), sweepBatch).Scan(ctx, &swept)
	})
}

// sweep runs batches, each in its own transaction, until one is not full.
func (d *DB) sweep(ctx context.Context, batch func(authorityTx) (int64, error)) error {
	for {
		var swept int64
		err := d.asAuthority(ctx, func(tx authorityTx) (err error) {
			swept, err = batch(tx)
			return err
		})
		if err != nil || swept < sweepBatch {
			return err
		}
	}
}
