package db

import (
	"context"

	"github.com/uptrace/bun"
)

// What has ended is kept a day, for a second use of a code to be recognised and for
// somebody who looks into an incident.
var sweeps = []string{
	`DELETE FROM ceremonies WHERE expires_at < now()`,
	`DELETE FROM tickets WHERE expires_at < now()`,
	`DELETE FROM identity_handles WHERE expires_at < now()`,
	`DELETE FROM spent_proofs WHERE expires_at < now()`,
	`DELETE FROM authorization_requests WHERE expires_at < now() - interval '1 day'`,
	`DELETE FROM sessions WHERE expires_at < now() - interval '1 day'`,
}

// Sweep removes what has expired. Any number of nodes may run it.
func (d *DB) Sweep(ctx context.Context) error {
	return d.auth(ctx, func(tx bun.Tx) error {
		for _, statement := range sweeps {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}
