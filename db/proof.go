package db

import (
	"context"
	"time"
)

const insertProof = `INSERT INTO spent_proofs (proof_hash, expires_at) VALUES ($1, now() + make_interval(secs => $2))`

// ErrSpent is returned for a DPoP proof that was used before, on whichever node.
var ErrSpent error = &Error{Code: CodeGone, Message: "This DPoP proof was used before."}

// SpendProof marks a DPoP proof as used for as long as it could be accepted again
// (RFC 9449 §11.1). proof identifies it: the hash of its key's thumbprint and its jti.
// It returns ErrSpent when the proof was used before.
func (d *DB) SpendProof(ctx context.Context, proof TokenHash, keep time.Duration) error {
	_, err := d.pool.Exec(ctx, insertProof, proof[:], keep.Seconds())
	if isSQLState(err, uniqueViolation) {
		return ErrSpent
	}
	return err
}
