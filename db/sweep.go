package db

import (
	"context"

	"github.com/uptrace/bun"
)

// What has ended is kept a day, for a second use of a code to be recognised and for
// somebody who looks into an incident; what was never opened is not.
var sweeps = []struct{ table, key, over string }{
	{"ceremonies", "id_hash", `expires_at < now()`},
	{"spent_proofs", "proof_hash", `expires_at < now()`},
	{"tries", "key_hash", `free_at < now()`},
	{"recovery_codes", "locator", `expires_at < now()`},
	{"tickets", "ticket_hash", `expires_at < now()`},
	{"identity_handles", "handle_hash", `expires_at < now()`},
	{"invitations", "token_hash", `expires_at < now()`},
	{"usage_visitors", "ctid", `period < to_char(now() - interval '7 days', CASE length(period) WHEN 7 THEN 'YYYY-MM' ELSE 'YYYY-MM-DD' END)`},
	{"authorization_requests", "id", `opened_at IS NULL AND expires_at < now()`},
	{"authorization_requests", "id", `expires_at < now() - interval '1 day'`},
	{"sessions", "id", `expires_at < now() - interval '1 day'`},
}

// A batch is small enough for any statement timeout, however much there is to sweep.
const sweepBatch = 5000

// Sweep removes what has expired, and seals what an older release has left in the clear. Any number
// of nodes may run it.
func (d *DB) Sweep(ctx context.Context) error {
	if err := d.sealRest(ctx); err != nil {
		return err
	}
	for _, s := range sweeps {
		for swept := int64(sweepBatch); swept == sweepBatch; {
			err := d.auth(ctx, func(tx bun.Tx) error {
				result, err := tx.NewRaw(`DELETE FROM ? WHERE ? IN (SELECT ? FROM ? WHERE `+s.over+` LIMIT ? FOR UPDATE SKIP LOCKED)`,
					bun.Ident(s.table), bun.Ident(s.key), bun.Ident(s.key), bun.Ident(s.table), sweepBatch).Exec(ctx)
				if err != nil {
					return err
				}
				swept, err = result.RowsAffected()
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
