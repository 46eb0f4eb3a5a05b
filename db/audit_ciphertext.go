package db

import (
	"context"
	"errors"

	"github.com/company-a/aside/db/seal"
)

// auditUnsealed records a ciphertext that did not open, if err says so, and returns err: somebody has changed, cut or
// moved what is stored, or has put back an older one. Only an operator can find out which. When it is
// read again and again, only some of that is recorded.
func (d *DB) auditUnsealed(ctx context.Context, err error, e Event) error {
	if !errors.Is(err, seal.ErrUnsealed) {
		return err
	}
	e.Actor, e.Action = "database", "ciphertext.refused"
	if _, auditErr := d.recordRefusal(ctx, e, refusedCiphertexts.By(e.Target)); auditErr != nil {
		return errors.Join(err, auditErr)
	}
	return err
}

// auditUnsealedNote is auditUnsealed for a note.
func (d *DB) auditUnsealedNote(ctx context.Context, err error, n *Note) error {
	if !errors.Is(err, seal.ErrUnsealed) { // which is almost always
		return err
	}
	return d.auditUnsealed(ctx, err, Event{TenantKey: n.TenantKey, Target: "note " + n.ID.String()})
}
