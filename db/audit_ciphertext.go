package db

import (
	"context"
	"errors"

	"github.com/company-a/aside/db/seal"
)

// auditUnsealed records a ciphertext that did not open, if err says so, and returns err. Somebody has
// changed, cut or moved the stored data, or restored an older version of it; only an operator can find out
// which. refusedCiphertexts limits how often it records the same one.
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
	if !errors.Is(err, seal.ErrUnsealed) { // the usual case
		return err
	}
	return d.auditUnsealed(ctx, err, Event{TenantKey: n.TenantKey, Target: "note " + n.ID.String()})
}
