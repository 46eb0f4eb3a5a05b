package db

import (
	"context"
	"time"
)

const insertProof = `INSERT INTO spent_proofs (proof_hash, expires_at) VALUES ($1, now() + make_interval(secs => $2))`

// ErrSpent is returned for a DPoP proof that was used before, on whichever node.
var ErrSpent error = &Error{Code: CodeGone, Message: "This DPoP proof was already used. Create a new one for each request."}

// MaxClockSkew is how far a node's clock may differ from the database's, either way
// (docs/operating.md). The database keeps what nodes judge by their clocks for longer by twice
// as much.
const MaxClockSkew = 90 * time.Second

// A Proof is a DPoP proof to be used once (RFC 9449 §11.1).
type Proof struct {
	ID   TokenHash     // of its key's thumbprint and its jti
	Keep time.Duration // for how long it could be accepted again

	spent bool // by this request
}

// Proved gives the session as one request has it: the first change that its owner makes
// spends the proof, in the same transaction, so that a replay changes nothing anywhere.
func (s *Session) Proved(p Proof) *Session {
	proved := *s
	proved.owner.proof = &p
	return &proved
}

// SpendProof spends a proof by itself, for what is no change of an owner's.
// It returns ErrSpent when the proof was used before.
func (d *DB) SpendProof(ctx context.Context, p Proof) (err error) {
	defer place(&err, "db.SpendProof")
	err = d.retry(ctx, func() error {
		c, err := d.acquire(ctx)
		if err != nil {
			return err
		}
		defer c.Release()
		_, err = c.Exec(ctx, insertProof, p.ID[:], p.Keep.Seconds())
		return err
	})
	if isSQLState(err, uniqueViolation) {
		return ErrSpent
	}
	return err
}
