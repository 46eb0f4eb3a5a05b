package db

import (
	"context"
	"time"
)

const insertProof = `INSERT INTO spent_proofs (proof_hash, expires_at) VALUES ($1, now() + make_interval(secs => $2))`

// ErrProofUsed is returned for a DPoP proof that was used before, on any node.
var ErrProofUsed error = &Error{Code: CodeGone, Message: "This DPoP proof was already used. Create a new one for each request."}

// MaxClockSkew is how far a node's clock may differ from the database's, in either direction
// (docs/operating.md). Rows that nodes check by their own clocks are kept longer by twice that.
const MaxClockSkew = 90 * time.Second

// A Proof is a DPoP proof, to be used once (RFC 9449 §11.1).
type Proof struct {
	ID       TokenHash     // hash of its key's thumbprint and its jti
	Lifetime time.Duration // how long it could be accepted again

	spent bool // by this request
}

// WithProof returns the session for one request. The first change of its owner spends the proof, in the
// same transaction, so that a replay changes nothing.
func (s *Session) WithProof(p Proof) *Session {
	proved := *s
	proved.owner.proof = &p
	return &proved
}

// SpendProof spends a proof without a change. It returns ErrProofUsed if the proof was used before.
func (d *DB) SpendProof(ctx context.Context, p Proof) (err error) {
	defer place(&err, "db.SpendProof")
	err = d.retry(ctx, func() error {
		c, err := d.acquire(ctx)
		if err != nil {
			return err
		}
		defer c.Release()
		_, err = c.Exec(ctx, insertProof, p.ID[:], p.Lifetime.Seconds())
		return err
	})
	if isSQLState(err, uniqueViolation) {
		return ErrProofUsed
	}
	return err
}
